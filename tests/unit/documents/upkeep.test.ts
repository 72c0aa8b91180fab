import { describe, expect, it } from 'vitest';
import { nextUpkeep, taskOf, upkeepOf, type VersionLevel } from '../../../lib/documents/upkeep.ts';

const MINUTE = 60_000;
const AT = 1_000_000_000;
const version = (level: VersionLevel | undefined, kind: 'sealed' | 'signed' | 'original' = 'sealed') => ({
  kind,
  at: AT,
  level,
});

describe('what the signatures of a version need', () => {
  it.each([
    ['nothing where it was not signed here', version(undefined), undefined],
    ['nothing before the seal', version({ reached: 'B-B', wanted: 'B-T' }, 'signed'), undefined],
    ['nothing at the level that is wanted', version({ reached: 'B-LT', wanted: 'B-T' }), undefined],
    [
      'more, when an authority was down',
      version({ reached: 'B-T', wanted: 'B-LTA', because: 'revocation_unavailable' }),
      'extend',
    ],
    [
      'nothing more, when it cannot be had',
      version({ reached: 'B-T', wanted: 'B-LTA', because: 'certificate_untrusted' }),
      undefined,
    ],
    ['a timestamp, when the last one ends', version({ reached: 'B-LTA', wanted: 'B-LTA', renewAt: AT + 5 }), 'renew'],
  ])('is %s', (_, given, task) => {
    expect(taskOf(given)).toBe(task);
    expect(upkeepOf(given) !== undefined).toBe(task !== undefined);
  });

  it('is looked at after a quarter of an hour, or when the timestamp is to be renewed', () => {
    expect(upkeepOf(version({ reached: 'B-B', wanted: 'B-T' }))).toEqual({ lookAt: AT + 15 * MINUTE, tries: 0 });
    const renewAt = AT + 1000 * MINUTE;
    expect(upkeepOf(version({ reached: 'B-LTA', wanted: 'B-LTA', renewAt }))).toEqual({ lookAt: renewAt, tries: 0 });
  });

  it('is asked for after twice the wait each time, a day at most', () => {
    const waits: number[] = [];
    for (let upkeep = { lookAt: AT, tries: 0 }; waits.length < 8; upkeep = nextUpkeep(upkeep, AT)) {
      waits.push((nextUpkeep(upkeep, AT).lookAt - AT) / MINUTE);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1440, 1440]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../local/events/schedule-expression.ts';

const at = (text: string): number => Date.parse(text);
const AFTER = at('2026-11-23T23:07:30Z'); // a Monday

describe('schedule expressions', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['rate(5 minutes)', '2026-11-23T23:12:30Z', undefined],
    ['rate(1 hour)', '2026-11-24T00:07:30Z', undefined],
    ['cron(0 1 * * ? *)', '2026-11-24T01:00:00Z', undefined],
    ['cron(0 1 * * ? *)', '2026-11-24T18:00:00Z', 'Asia/Ho_Chi_Minh'],
    ['cron(*/15 23 * * ? *)', '2026-11-23T23:15:00Z', undefined],
    ['cron(0 8 1 * ? *)', '2026-12-01T08:00:00Z', undefined],
    ['cron(30 7 ? * MON-FRI *)', '2026-11-24T07:30:00Z', undefined],
    ['cron(30 7 ? * SAT,SUN *)', '2026-11-28T07:30:00Z', undefined],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00Z', undefined],
    ['cron(0 0 1 1 ? 2020)', undefined, undefined],
    ['at(2026-12-01T09:00:00)', '2026-12-01T02:00:00Z', 'Asia/Ho_Chi_Minh'],
    ['at(2026-01-01T09:00:00)', undefined, undefined],
  ])('%s falls next at %s', (expression, expected, zone) => {
    expect(parseSchedule(expression, AFTER, zone)(AFTER)).toBe(expected && at(expected));
  });

  it('counts a rate from its start', () => {
    const occurrences = parseSchedule('rate(5 minutes)', AFTER);
    expect(occurrences(AFTER + 300_000)).toBe(AFTER + 600_000);
    expect(occurrences(AFTER + 299_999)).toBe(AFTER + 300_000);
  });

  it.each(['rate(5 fortnights)', 'cron(0 1 * *)', 'cron(0 0 L * ? *)', 'every day', 'at(tomorrow)'])(
    'refuses %s',
    (text) => {
      expect(() => parseSchedule(text, AFTER)).toThrow(/not known on a laptop/);
    },
  );
});

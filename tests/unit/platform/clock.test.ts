import { describe, expect, it } from 'vitest';
import { endOfDay, formatIso, formatStamp, localDate } from '../../../lib/platform/clock.ts';

describe('time in Viet Nam', () => {
  const lateEvening = Date.parse('2026-03-08T18:30:05Z');

  it('carries its offset', () => {
    expect(formatIso(lateEvening)).toBe('2026-03-09T01:30:05+07:00');
    expect(formatStamp(lateEvening)).toBe('09-03-2026 01:30:05 +07:00');
  });

  it('decides the calendar day', () => {
    expect(localDate(lateEvening)).toBe('2026-03-09');
    expect(localDate(endOfDay('2026-03-09'))).toBe('2026-03-09');
    expect(localDate(endOfDay('2026-03-09') + 1)).toBe('2026-03-10');
  });
});

import { describe, expect, it } from 'vitest';
import { DAYS_OFF_VN } from '../../../lib/calendar/days-off-vn.ts';
import { WorkingCalendar } from '../../../lib/calendar/working-calendar.ts';

const calendar = new WorkingCalendar();
const at = (iso: string) => Date.parse(`${iso}+07:00`);

describe('the working calendar', () => {
  it.each([
    ['2025-01-28', false, 'Tết'],
    ['2025-04-26', true, 'a Saturday worked instead of 2 May'],
    ['2025-05-02', false, 'swapped'],
    ['2026-01-10', true, 'a Saturday worked instead of 2 January'],
    ['2026-01-11', false, 'a Sunday'],
    ['2026-04-27', false, 'in lieu of a holiday on a Sunday'],
    ['2026-03-09', true, 'an ordinary Monday'],
  ])('%s: works %s (%s)', (day, works) => {
    expect(calendar.isWorkingDay(day)).toBe(works);
  });

  it.each([
    // 15 working days over Tết 2026: 16 to 20 February are off.
    ['2026-02-10T08:00:00', 15, '2026-03-10'],
    // The first day does not count, whatever the hour.
    ['2026-03-09T00:00:00', 1, '2026-03-10'],
    ['2026-03-09T23:59:59', 1, '2026-03-10'],
    // A Friday night leads over the weekend.
    ['2026-03-13T20:00:00', 1, '2026-03-16'],
    // Over the swap: Saturday 22 August counts, Monday 31 August does not.
    ['2026-08-21T09:00:00', 1, '2026-08-22'],
    ['2026-08-28T09:00:00', 1, '2026-09-03'],
  ])('from %s, %i working days end on %s', (from, days, end) => {
    const deadline = calendar.addWorkingDays(at(from), days);
    expect(deadline.day).toBe(end);
    expect(deadline.at).toBe(at(`${end}T23:59:59.999`));
  });

  it('counts calendar days, and ends on a working day', () => {
    expect(calendar.addCalendarDays(at('2026-03-01T10:00:00'), 30).day).toBe('2026-03-31');
    // 30 days from 19 January 2026 end on 18 February, within Tết: the next working day is Monday 23.
    expect(calendar.addCalendarDays(at('2026-01-19T10:00:00'), 30).day).toBe('2026-02-23');
  });

  it('names every edition it counted with', () => {
    expect(calendar.addWorkingDays(at('2026-12-28T09:00:00'), 10).calendar).toEqual(['vn-2026.1', 'vn-2027.0']);
  });

  it('does not guess beyond the years it knows', () => {
    expect(() => calendar.addWorkingDays(at('2027-12-20T09:00:00'), 15)).toThrow('calendar_missing');
    expect(() => calendar.isWorkingDay('2024-12-31')).toThrow('calendar_missing');
  });

  it('has tables that make sense: closed days fall from Monday to Friday, extra days on weekends, swaps in pairs', () => {
    const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay();
    for (const year of DAYS_OFF_VN) {
      for (const { from, to } of year.closed) {
        expect(from <= to && from.startsWith(String(year.year))).toBe(true);
        expect([1, 2, 3, 4, 5]).toContain(weekday(from));
        expect([1, 2, 3, 4, 5]).toContain(weekday(to));
      }
      for (const { day, insteadOf } of year.working) {
        expect([0, 6]).toContain(weekday(day));
        expect(calendar.isWorkingDay(insteadOf)).toBe(false);
      }
    }
  });
});

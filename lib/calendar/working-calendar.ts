import { type EpochMs, endOfDay, type LocalDate, localDate } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { DAYS_OFF_VN, type YearOfDaysOff } from './days-off-vn.ts';

/** A deadline as people are shown it: the instant, the day, and the calendar editions it was counted with. */
export interface Deadline {
  /** The last millisecond of `day` at +07:00. */
  readonly at: EpochMs;
  readonly day: LocalDate;
  readonly calendar: readonly string[];
}

/** The calendar of public offices: which days are worked, for the years that are known. */
export class WorkingCalendar {
  readonly #years: ReadonlyMap<number, YearOfDaysOff>;

  constructor(years: readonly YearOfDaysOff[] = DAYS_OFF_VN) {
    this.#years = new Map(years.map((year) => [year.year, year]));
  }

  /** Whether offices work on `day`. @throws ProblemError `calendar_missing` for a year that is not known. */
  isWorkingDay(day: LocalDate): boolean {
    const year = this.#yearOf(day);
    if (year.working.some((extra) => extra.day === day)) return true;
    if (year.closed.some(({ from, to }) => from <= day && day <= to)) return false;
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    return weekday !== 0 && weekday !== 6;
  }

  /**
   * The end of the `count`th working day after the day of `from`: the day itself does not count (Civil Code art. 147.2).
   * @throws ProblemError `calendar_missing`
   */
  addWorkingDays(from: EpochMs, count: number): Deadline {
    const editions = new Set<string>();
    let day = localDate(from);
    for (let left = count; left > 0; ) {
      day = nextDay(day);
      editions.add(this.#yearOf(day).edition);
      if (this.isWorkingDay(day)) left--;
    }
    return { at: endOfDay(day), day, calendar: [...editions] };
  }

  /**
   * The end of the `count`th calendar day after the day of `from`; when offices are closed on it, the end of the next
   * working day (Civil Code art. 148.5).
   * @throws ProblemError `calendar_missing`
   */
  addCalendarDays(from: EpochMs, count: number): Deadline {
    let day = localDate(from);
    for (let left = count; left > 0; left--) day = nextDay(day);
    return this.onOrAfter(day);
  }

  /** The end of `day`, or of the first working day after it. */
  onOrAfter(day: LocalDate): Deadline {
    let last = day;
    while (!this.isWorkingDay(last)) last = nextDay(last);
    return { at: endOfDay(last), day: last, calendar: [this.#yearOf(last).edition] };
  }

  #yearOf(day: LocalDate): YearOfDaysOff {
    const year = this.#years.get(Number(day.slice(0, 4)));
    if (!year) throw new ProblemError('calendar_missing', { detail: `No working calendar for ${day.slice(0, 4)}.` });
    return year;
  }
}

function nextDay(day: LocalDate): LocalDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

import * as z from 'zod';
import type { Deadline, WorkingCalendar } from '../calendar/working-calendar.ts';
import { type EpochMs, type LocalDate, localDate } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';

/** The three lanes: phản ánh, kiến nghị · khiếu nại · tố cáo. */
export const petitionKind = z.enum(['feedback', 'complaint', 'denunciation']);
export type PetitionKind = z.infer<typeof petitionKind>;

/** A legal time limit, in force from a day on until the next one of its lane. */
export interface TimeLimit {
  /** Version shown to people with every deadline. */
  readonly id: string;
  readonly lane: PetitionKind;
  readonly from: LocalDate;
  readonly days: number;
  readonly counted: 'working-days' | 'calendar-days';
  readonly source: string;
}

/** Counted from acceptance. New law: a new row with its first day; rows are never changed. */
const TIME_LIMITS: readonly TimeLimit[] = [
  {
    id: 'feedback-2008',
    lane: 'feedback',
    from: '2008-03-09',
    days: 15,
    counted: 'working-days',
    source: 'Nghị định 20/2008/NĐ-CP',
  },
  {
    id: 'complaint-2012',
    lane: 'complaint',
    from: '2012-07-01',
    days: 30,
    counted: 'calendar-days',
    source: 'Luật Khiếu nại 2011, Điều 28 khoản 1',
  },
  {
    id: 'denunciation-2019',
    lane: 'denunciation',
    from: '2019-01-01',
    days: 30,
    counted: 'calendar-days',
    source: 'Luật Tố cáo 2018, Điều 30 khoản 1',
  },
];

/** The limit in force for a lane on the day of `at`. @throws ProblemError `calendar_missing` before the first. */
export function timeLimitAt(lane: PetitionKind, at: EpochMs, limits: readonly TimeLimit[] = TIME_LIMITS): TimeLimit {
  const day = localDate(at);
  const inForce = limits
    .filter((limit) => limit.lane === lane && limit.from <= day)
    .sort((a, b) => (a.from < b.from ? 1 : -1))[0];
  if (!inForce) throw new ProblemError('calendar_missing', { detail: `No time limit for ${lane} on ${day}.` });
  return inForce;
}

/** When a petition accepted at `acceptedAt` must be answered, with the law and the calendar that say so. */
export function answerDeadline(
  calendar: WorkingCalendar,
  lane: PetitionKind,
  acceptedAt: EpochMs,
): Deadline & { readonly limit: TimeLimit } {
  const limit = timeLimitAt(lane, acceptedAt);
  const deadline =
    limit.counted === 'working-days'
      ? calendar.addWorkingDays(acceptedAt, limit.days)
      : calendar.addCalendarDays(acceptedAt, limit.days);
  return { ...deadline, limit };
}

import * as z from 'zod';
import type { Deadline, WorkingCalendar } from '../calendar/working-calendar.ts';
import { type EpochMs, endOfDay, localDate } from '../platform/clock.ts';

/** Degrees of urgency, least first (NĐ 30/2020 art. 4, annex I). */
const URGENCIES = [
  { id: 'thuong', vi: 'Thường', en: 'Ordinary', register: 'next-working-day' },
  { id: 'khan', vi: 'Khẩn', en: 'Urgent', register: 'same-day' },
  { id: 'thuong-khan', vi: 'Thượng khẩn', en: 'Very urgent', register: 'same-day' },
  { id: 'hoa-toc', vi: 'Hỏa tốc', en: 'Express', register: 'same-day' },
] as const;

export const urgency = z.enum(URGENCIES.map((item) => item.id));
export type Urgency = z.infer<typeof urgency>;

/** By when an incoming document is to be registered: the same day, at the latest the next working day; urgent ones at once. */
export function registerBy(
  calendar: WorkingCalendar,
  degree: Urgency,
  arrivedAt: EpochMs,
): Pick<Deadline, 'at' | 'day'> {
  const rule = URGENCIES.find((item) => item.id === degree)?.register;
  const day = localDate(arrivedAt);
  if (rule === 'same-day') return { at: endOfDay(day), day };
  return calendar.addWorkingDays(arrivedAt, 1);
}

/** Milliseconds since the Unix epoch. */
export type EpochMs = number;

/** Where the time comes from; passed in, never read from the side. */
export interface Clock {
  now(): EpochMs;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Viet Nam has kept UTC+7 without daylight saving since 1975. */
const OFFSET_MS = 7 * 3_600_000;

/** ISO 8601 with the explicit offset people here live by: `2026-03-09T08:15:00+07:00`. */
export function formatIso(at: EpochMs): string {
  return `${new Date(at + OFFSET_MS).toISOString().slice(0, 19)}+07:00`;
}

/** Time as it stands in a signature's appearance (NĐ 30/2020, annex I): `09-03-2026 08:15:00 +07:00`. */
export function formatStamp(at: EpochMs): string {
  const [date, time] = formatIso(at).slice(0, 19).split('T') as [string, string];
  return `${date.split('-').reverse().join('-')} ${time} +07:00`;
}

/** A calendar day in Viet Nam, `yyyy-mm-dd`. */
export type LocalDate = string & { readonly __brand?: 'LocalDate' };

/** The calendar day in Viet Nam at an instant. */
export function localDate(at: EpochMs): LocalDate {
  return formatIso(at).slice(0, 10);
}

/** The last millisecond of a calendar day in Viet Nam. */
export function endOfDay(day: LocalDate): EpochMs {
  return Date.parse(`${day}T23:59:59.999+07:00`);
}

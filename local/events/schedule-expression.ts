import { LocalError } from '../errors.ts';

/** The first occurrence after an instant (both epoch ms), or `undefined` when there is none. */
export type Occurrences = (after: number) => number | undefined;

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** Days looked ahead for an occurrence of a cron expression: leap days come round within this. */
const HORIZON_DAYS = 8 * 366;

const invalid = (expression: string): never => {
  throw new LocalError('UnsupportedValue', `the schedule ${expression} is not known on a laptop`);
};

function fieldValues(field: string, min: number, max: number, names: readonly string[], first: number): Set<number> {
  const number = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named >= 0 ? named + first : Number(text);
    if (!Number.isInteger(value) || value < min || value > max) return invalid(field);
    return value;
  };
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '*', step] = part.split('/');
    const all = range === '*' || range === '?';
    const [from, to] = range.includes('-') ? range.split('-') : [range, step ? undefined : range];
    const start = all ? min : number(from as string);
    const end = all || to === undefined ? max : number(to);
    for (let value = start; value <= end; value += step ? Number(step) : 1) values.add(value);
  }
  return values;
}

/** Milliseconds that a zone is ahead of UTC at an instant. */
function zoneOffset(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return wall - Math.floor(at / 1000) * 1000;
}

function cron(expression: string, body: string, zone: string): Occurrences {
  const fields = body.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || !minute || !hour || !dayOfMonth || !month || !dayOfWeek || !year)
    return invalid(expression);
  const minutes = [...fieldValues(minute, 0, 59, [], 0)].sort((a, b) => a - b);
  const hours = [...fieldValues(hour, 0, 23, [], 0)].sort((a, b) => a - b);
  const days = fieldValues(dayOfMonth, 1, 31, [], 1);
  const months = fieldValues(month, 1, 12, MONTHS, 1);
  const weekdays = fieldValues(dayOfWeek, 1, 7, DAYS, 1);
  const years = fieldValues(year, 1970, 2199, [], 1970);
  const onDay = (day: Date): boolean =>
    years.has(day.getUTCFullYear()) &&
    months.has(day.getUTCMonth() + 1) &&
    days.has(day.getUTCDate()) &&
    weekdays.has(day.getUTCDay() + 1);
  return (after) => {
    const wallNow = after + zoneOffset(zone, after);
    const midnight = Math.floor(wallNow / UNITS.day!) * UNITS.day!;
    for (let ahead = 0; ahead <= HORIZON_DAYS; ahead += 1) {
      const day = midnight + ahead * UNITS.day!;
      if (!onDay(new Date(day))) continue;
      for (const h of hours) {
        for (const m of minutes) {
          const wall = day + h * UNITS.hour! + m * UNITS.minute!;
          const at = wall - zoneOffset(zone, wall - zoneOffset(zone, wall));
          if (at > after) return at;
        }
      }
    }
    return undefined;
  };
}

/**
 * Reads `rate(5 minutes)`, `cron(0 1 * * ? *)` and `at(2026-11-23T07:00:00)`. A rate counts from `startedAt`.
 * @throws LocalError `UnsupportedValue` for what is not understood (`L`, `W` and `#` of cron among it)
 */
export function parseSchedule(expression: string, startedAt: number, zone = 'UTC'): Occurrences {
  const [, kind, body = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'cron') return cron(expression, body, zone);
  if (kind === 'at') {
    const wall = Date.parse(`${body}Z`);
    if (Number.isNaN(wall)) return invalid(expression);
    const at = wall - zoneOffset(zone, wall);
    return (after) => (at > after ? at : undefined);
  }
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(body) ?? [];
  if (kind !== 'rate' || !count || !unit) return invalid(expression);
  const every = Number(count) * (UNITS[unit] as number);
  return (after) => startedAt + (Math.floor((after - startedAt) / every) + 1) * every;
}

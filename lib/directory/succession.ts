import * as z from 'zod';
import type { UnitCode } from '../access/actor.ts';
import { type EpochMs, type LocalDate, localDate } from '../platform/clock.ts';
import { isProblem } from '../platform/errors.ts';
import type { Directory } from './directory.ts';
import { calendarDay, exists, type Unit, unitCode } from './unit.ts';

/** A unit that another one belongs to since that one ended. */
const successor = z.object({
  code: unitCode,
  name: z.string(),
  /** Whose place it took, and since which day. */
  of: unitCode,
  from: calendarDay,
  /** Its own last day, where it has ended too. */
  until: calendarDay.optional(),
});
export type Successor = z.infer<typeof successor>;

/** A unit as the directory has it now, and who followed it, nearest first. Nobody follows a unit in office. */
export const unitSuccession = z.object({
  code: unitCode,
  name: z.string(),
  until: calendarDay.optional(),
  successors: z.array(successor),
});
export type UnitSuccession = z.infer<typeof unitSuccession>;

/** More units are not followed; a commune has a handful. */
const MOST = 30;

/** What became of a unit as of `at`; `undefined` where the directory does not know it. */
export async function successionOf(
  directory: Pick<Directory, 'unit'>,
  code: UnitCode,
  at: EpochMs,
): Promise<UnitSuccession | undefined> {
  const unit = await find(directory, code);
  return unit && succession(directory, unit, at);
}

export async function succession(directory: Pick<Directory, 'unit'>, unit: Unit, at: EpochMs): Promise<UnitSuccession> {
  const successors: Successor[] = [];
  const seen = new Set([unit.code]);
  const open = hasEnded(unit, at) ? [unit] : [];
  for (let ended = open.shift(); ended?.until !== undefined; ended = open.shift()) {
    for (const code of ended.successors) {
      const next = await find(directory, code);
      if (!next || seen.has(next.code) || seen.size > MOST) continue;
      seen.add(next.code);
      successors.push({ ...named(next, at), of: ended.code, from: dayAfter(ended.until) });
      if (hasEnded(next, at)) open.push(next);
    }
  }
  return { ...named(unit, at), successors };
}

function named(unit: Unit, at: EpochMs) {
  const { code, name, until } = unit;
  return { code, name, ...(hasEnded(unit, at) && until !== undefined ? { until } : {}) };
}

function hasEnded(unit: Unit, at: EpochMs): boolean {
  return !exists(unit, at) && unit.from <= localDate(at);
}

async function find(directory: Pick<Directory, 'unit'>, code: UnitCode): Promise<Unit | undefined> {
  try {
    return await directory.unit(code);
  } catch (error) {
    if (isProblem(error, 'unit_unknown')) return undefined;
    throw error;
  }
}

function dayAfter(day: LocalDate): LocalDate {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

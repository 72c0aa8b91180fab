import type { UnitCode } from '../access/actor.ts';
import type { Directory } from '../directory/directory.ts';
import type { EpochMs } from '../platform/clock.ts';
import { isProblem } from '../platform/errors.ts';

/**
 * The unit that recalls or replaces what `unit` once issued: itself, or since it ended its one successor. Where there are
 * several or none, nobody takes its place.
 */
export async function unitInCharge(
  directory: Pick<Directory, 'activeUnit'>,
  unit: UnitCode,
  at: EpochMs,
): Promise<UnitCode> {
  try {
    return (await directory.activeUnit(unit, at)).code;
  } catch (error) {
    if (isProblem(error, 'unit_ended')) return unit;
    throw error;
  }
}

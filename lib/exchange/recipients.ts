import type { UnitCode } from '../access/actor.ts';
import type { Directory } from '../directory/directory.ts';
import type { EpochMs } from '../platform/clock.ts';
import { isProblem, ProblemError } from '../platform/errors.ts';
import type { Recipient } from './dispatch.ts';

/** One transaction writes an event that names them all, and each delivery is a write of its own. */
export const MOST_RECIPIENTS = 200;

/**
 * The units that a dispatch goes to: each in office, an ended one replaced by its successor, none twice, not the sender.
 * @throws ProblemError `unit_unknown`, `unit_ended`, `recipient_duplicate`, `recipient_is_sender`, with the field at fault
 */
export async function resolveRecipients(
  directory: Pick<Directory, 'activeUnit'>,
  sender: UnitCode,
  asked: readonly UnitCode[],
  at: EpochMs,
): Promise<Recipient[]> {
  const found: Recipient[] = [];
  for (const [index, code] of asked.entries()) {
    const field = `recipients[${index}]`;
    const unit = await atField(field, directory.activeUnit(code, at));
    if (unit.code === sender) throw new ProblemError('recipient_is_sender', { field });
    if (found.some((item) => item.unit === unit.code)) throw new ProblemError('recipient_duplicate', { field });
    found.push(unit.code === code ? { unit: unit.code } : { unit: unit.code, addressedTo: code });
  }
  return found;
}

async function atField<T>(field: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isProblem(error)) throw error;
    throw new ProblemError(error.code, { field, ...(error.detail === undefined ? {} : { detail: error.detail }) });
  }
}

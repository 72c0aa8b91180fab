import type { UnitCode } from '../access/actor.ts';
import type { Write } from '../platform/aws/table.ts';
import { type EpochMs, type LocalDate, localDate } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type DocumentType, documentTypeAt } from './document-types.ts';
import { formatNumber, formatNumberAndSymbol } from './number.ts';
import type { RegisterEntry } from './register-entry.ts';
import type { Registers } from './registers.ts';
import { DEFAULT_SEQUENCE, type SequenceRule, sequenceOf } from './sequence-rules.ts';

/** A number that is ours once `writes` commit in the caller's transaction. */
export interface TakenNumber {
  readonly number: number;
  /** As it is printed: `12/QĐ-UBND`. */
  readonly text: string;
  readonly entry: RegisterEntry;
  readonly writes: readonly Write[];
}

interface Outgoing {
  readonly register: 'outgoing';
  readonly unit: { readonly code: UnitCode; readonly notation: string; readonly numbering: readonly SequenceRule[] };
  /** Document type by id. */
  readonly type: string;
  /** Drafting office in the symbol of a công văn. */
  readonly drafter?: string | undefined;
}

interface Incoming {
  readonly register: 'incoming';
  readonly unit: { readonly code: UnitCode };
  readonly type?: string | undefined;
  /** Number and symbol given by the sender. */
  readonly reference?: string | undefined;
  readonly counterpart?: UnitCode | undefined;
}

export type NumberRequest = (Outgoing | Incoming) & {
  readonly caseId: string;
  readonly caseCode?: string | undefined;
  readonly at: EpochMs;
};

/**
 * Takes the next number of a unit's register in the year of `at` (NĐ 30/2020 art. 15, 22): from 01 on 1 January, without
 * gaps, unique. The number is taken by the very transaction that uses it: when that fails, no number is lost.
 * @throws ProblemError `invalid_field` for a document type that is not in force that day, `busy`.
 */
export async function takeNumber(
  deps: { readonly registers: Registers },
  request: NumberRequest,
): Promise<TakenNumber> {
  const day = localDate(request.at);
  const sequence = {
    register: request.register,
    unit: request.unit.code,
    year: Number(day.slice(0, 4)),
    sequence:
      request.register === 'outgoing' ? sequenceOf(request.unit.numbering, request.type, day) : DEFAULT_SEQUENCE,
  };
  if (request.register === 'outgoing') typeInForce(request.type, day);
  await deps.registers.turn(sequence);
  const number = (await deps.registers.last(sequence)) + 1;
  const text = request.register === 'outgoing' ? printed(number, request) : formatNumber(number);
  const entry: RegisterEntry = {
    ...sequence,
    number,
    text,
    type: request.type,
    caseId: request.caseId,
    caseCode: request.caseCode,
    reference: request.register === 'incoming' ? request.reference : undefined,
    counterpart: request.register === 'incoming' ? request.counterpart : undefined,
    at: request.at,
  };
  return { number, text, entry, writes: deps.registers.writes(entry) };
}

function printed(number: number, request: Outgoing & { readonly at: EpochMs }): string {
  const type = typeInForce(request.type, localDate(request.at));
  return formatNumberAndSymbol(number, { type, notation: request.unit.notation, drafter: request.drafter });
}

function typeInForce(id: string, day: LocalDate): DocumentType {
  const type = documentTypeAt(id, day);
  if (!type) throw new ProblemError('invalid_field', { field: 'type', detail: 'There is no such document type.' });
  return type;
}

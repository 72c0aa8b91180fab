import * as z from 'zod';
import type { UnitCode } from '../access/actor.ts';
import { type EpochMs, type LocalDate, localDate } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { oneLine } from '../platform/text.ts';
import { sequenceRule } from '../registers/sequence-rules.ts';
import { installedCertificate, type SignerFacts, signerFacts, signingKey } from './certificates.ts';
import { signatureImage } from './signature-image.ts';

/** A code in either style: `H56.12.03` (new) or `000.17.22.H56` (before 1 July 2025). */
export const unitCode = z
  .string()
  .regex(/^[A-Z0-9]{1,8}(\.[A-Z0-9]{1,8}){0,5}$/, 'A unit code such as H56.12.03.')
  .meta({ description: 'Code of an agency; former codes are accepted.', example: 'H56.12.03' }) as unknown as z.ZodType<
  UnitCode,
  UnitCode
>;

export const calendarDay = z.iso.date().meta({ example: '2026-03-09' }) as unknown as z.ZodType<LocalDate, LocalDate>;

export const tier = z.enum(['province', 'commune']);

/** What the operator declares of a unit. */
export const unitFacts = z.object({
  name: oneLine(200).meta({ example: 'Ủy ban nhân dân xã Hoằng Hóa' }),
  /** Its part of a document's symbol. */
  notation: z
    .string()
    .regex(/^[\p{Lu}0-9.-]{1,20}$/u)
    .meta({ example: 'UBND' }),
  /** Place name that stands before the date of its letters (NĐ 30/2020, annex I). */
  place: oneLine(100).meta({ example: 'Hoằng Hóa' }),
  tier,
  email: z.email().max(254).optional(),
  formerCodes: z.array(unitCode).max(20).default([]),
  from: calendarDay,
  /** Last day; open-ended when absent. */
  until: calendarDay.optional(),
  predecessors: z.array(unitCode).max(20).default([]),
  successors: z.array(unitCode).max(20).default([]),
  numbering: z.array(sequenceRule).max(50).default([]),
});
export type UnitFacts = z.output<typeof unitFacts>;

export const unitRecord = unitFacts.extend({
  code: unitCode,
  key: signingKey.optional(),
  certificates: z.array(installedCertificate).default([]),
  /** Of its red seal; drawn without it. */
  image: signatureImage.optional(),
  /** Rises with every change; what a change was made from is checked by it. */
  version: z.number().int().positive(),
});

/** An agency, its codes through time, its seal key and the certificates installed for it. */
export type Unit = z.output<typeof unitRecord>;

/** Whether the unit exists on a day. */
export function exists(unit: Pick<Unit, 'from' | 'until'>, at: EpochMs): boolean {
  const day = localDate(at);
  return unit.from <= day && (unit.until === undefined || day <= unit.until);
}

/** Who has ended signs, numbers and seals nothing more. @throws ProblemError `unit_ended` */
export function inOffice<U extends Pick<Unit, 'from' | 'until'>>(unit: U, at: EpochMs): U {
  if (!exists(unit, at)) throw new ProblemError('unit_ended', { field: 'unit' });
  return unit;
}

/** Key and certificate of the agency's seal at `at`. @throws ProblemError `unit_without_seal`, and as `certificateAt` */
export function sealOf({ code, name, key, certificates }: Unit, at: EpochMs): SignerFacts {
  return signerFacts({ kind: 'unit', code }, name, key, certificates, at);
}

/** Longest line of successors that is followed. */
const MAX_SUCCESSIONS = 10;

/**
 * The unit in office at `at` for a code of any time: an ended unit leads to its successor, as long as there is exactly
 * one.
 * @param find looks a code up, former codes included; throws `unit_unknown`
 * @throws ProblemError `unit_unknown`; `unit_ended` when there is no successor, or several to choose from (named in the detail).
 */
export async function followSuccession(
  find: (code: UnitCode) => Promise<Unit>,
  code: UnitCode,
  at: EpochMs,
): Promise<Unit> {
  let unit = await find(code);
  for (let step = 0; step < MAX_SUCCESSIONS; step++) {
    if (exists(unit, at)) return unit;
    const [successor, ...others] = unit.successors;
    if (unit.from > localDate(at) || !successor) throw new ProblemError('unit_ended', { field: 'unit' });
    if (others.length > 0) {
      throw new ProblemError('unit_ended', { field: 'unit', detail: `Successors: ${unit.successors.join(', ')}.` });
    }
    unit = await find(successor);
  }
  throw new ProblemError('unit_ended', { field: 'unit', detail: 'The line of successors does not end.' });
}

import * as z from 'zod';
import { unitCode } from '../directory/unit.ts';

/** Outgoing documents (NĐ 30/2020 art. 14, 15) or incoming ones (art. 22). */
export const registerKind = z.enum(['outgoing', 'incoming']);
export type RegisterKind = z.infer<typeof registerKind>;

/** One line of a register: gapless and unique in its register, year and sequence. */
export const registerEntry = z.object({
  register: registerKind,
  unit: unitCode,
  year: z.number().int(),
  /** Which sequence of the year it belongs to; `chung` unless the unit's rules say otherwise. */
  sequence: z.string(),
  number: z.number().int().positive(),
  /** As it is written: `12/QĐ-UBND` going out, `12` coming in. */
  text: z.string(),
  /** Type of the document, by id. */
  type: z.string().optional(),
  caseId: z.string(),
  /** Code of the case, for people. */
  caseCode: z.string().optional(),
  /** Symbol that an incoming document bears from its sender, e.g. `12/QĐ-UBND`. */
  reference: z.string().optional(),
  /** The other side: the sender of an incoming document. */
  counterpart: unitCode.optional(),
  at: z.number().int(),
});
export type RegisterEntry = z.infer<typeof registerEntry>;

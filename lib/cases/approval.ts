import * as z from 'zod';
import { personId } from '../directory/person.ts';

/** A leader's approval: of exactly these bytes, in this capacity, on this day. */
export const approval = z.object({
  by: personId,
  name: z.string(),
  title: z.string(),
  capacity: z.enum(['head', 'KT', 'TM', 'TL', 'TUQ']),
  /** For whom it is signed: the head's title, or the collective. Absent when the head signs. */
  principal: z.string().optional(),
  at: z.number().int(),
  sha256: z.string().length(64),
});
export type Approval = z.infer<typeof approval>;

/** A number taken from the register of outgoing documents. */
export const takenNumber = z.object({
  text: z.string(),
  number: z.number().int(),
  at: z.number().int(),
  by: personId,
});

import * as z from 'zod';
import { personId } from '../directory/person.ts';
import { unitCode } from '../directory/unit.ts';
import type { CaseCode } from '../platform/ids.ts';

const code = z.string() as unknown as z.ZodType<CaseCode>;
const instant = z.number().int();

/** An issued dispatch that this one is to replace (NĐ 30/2020 art. 18). */
export const replacedDispatch = z.object({ code, number: z.string(), issuedAt: instant });

/** The dispatch that replaces this one: it stands here from when it has its number, and counts from when it is issued. */
export const replacement = z.object({ code, number: z.string(), issuedAt: instant.optional() });
export type Replacement = z.infer<typeof replacement>;

/** The sender takes it back (NĐ 30/2020 art. 18): what it is worth is the sender's to say, whatever recipients answer. */
export const recall = z.object({
  at: instant,
  by: personId,
  /** Who recalls: the sender, or the unit that it belongs to since it ended. */
  unit: unitCode,
  reason: z.string(),
});
export type Recall = z.infer<typeof recall>;

/** What a recipient made of being asked to cancel its copy. */
export const recallStatus = z.enum(['asked', 'agreed', 'refused']);
export type RecallStatus = z.infer<typeof recallStatus>;

/** The same as the sender has it. */
export const recallAtRecipient = z.object({
  status: recallStatus,
  at: instant,
  /** Why it was refused. */
  reason: z.string().optional(),
});

/** And as the receiver has it. */
export const recallAtReceiver = z.object({
  status: recallStatus,
  /** Why the sender recalls it. */
  reason: z.string(),
  askedAt: instant,
  answeredAt: instant.optional(),
  /** Why it was refused. */
  refusal: z.string().optional(),
});

import * as z from 'zod';

/**
 * What is known of one mail, by the id of the job that asks for it: claimed by a run of the worker, taken by the mail
 * service, or not to be delivered to anyone.
 */
export const mailRecord = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('claimed'),
    id: z.string(),
    at: z.number().int(),
    /** The queue message that the claim was made for, and how often it had been received by then. */
    messageId: z.string(),
    receives: z.number().int().positive(),
  }),
  z.object({
    state: z.literal('sent'),
    id: z.string(),
    at: z.number().int(),
    /** Id that the mail service gave. */
    mailId: z.string(),
  }),
  z.object({
    state: z.literal('undeliverable'),
    id: z.string(),
    at: z.number().int(),
    reason: z.enum(['recipient-unknown', 'no-address']),
  }),
]);
export type MailRecord = z.infer<typeof mailRecord>;
export type MailClaim = Extract<MailRecord, { state: 'claimed' }>;

/** One receipt of a queue message. */
export interface Receipt {
  readonly messageId: string;
  /** 1 for the first time. */
  readonly receives: number;
  /** When this message was received for the first time, epoch ms. */
  readonly firstReceivedAt: number;
}

/**
 * Whether an unfinished claim may be taken over. Only by a redelivery: since the claim was made a whole visibility timeout
 * has passed, which is longer than its run can have lasted and than the service takes to report what was sent. A first
 * receipt cannot know that.
 */
export function mayTakeOver(claim: MailClaim, receipt: Receipt): boolean {
  if (receipt.receives < 2) return false;
  return claim.messageId === receipt.messageId ? claim.receives < receipt.receives : claim.at < receipt.firstReceivedAt;
}

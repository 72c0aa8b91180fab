import * as z from 'zod';
import type { EpochMs } from '../platform/clock.ts';
import { CommitConflict } from '../platform/commit-conflict.ts';
import type { Mails } from './mails.ts';

/** What SES tells EventBridge of a mail that it has taken. */
const report = z.object({
  source: z.literal('aws.ses'),
  'detail-type': z.literal('Email Sent'),
  detail: z.object({
    mail: z.object({ messageId: z.string().min(1), tags: z.record(z.string(), z.array(z.string())) }),
  }),
});

export interface MailReport {
  /** The service's id of the mail. */
  readonly mailId: string;
  /** Our own id; absent for a mail that something else in the account has sent. */
  readonly id: string | undefined;
}

/** @throws SyntaxError or ZodError when it is no such report: the message belongs to the dead letters */
export function readMailReport(body: string): MailReport {
  const { mail } = report.parse(JSON.parse(body)).detail;
  return { mailId: mail.messageId, id: mail.tags['mail-id']?.[0] };
}

/** Marks a claimed mail as sent, also when the run that sent it died before it could. */
export async function confirmMail(
  deps: { readonly mails: Mails },
  { id, mailId }: MailReport,
  at: EpochMs,
): Promise<'confirmed' | 'repeated' | 'unknown'> {
  const found = id === undefined ? undefined : await deps.mails.find(id);
  if (!found) return 'unknown';
  if (found.state === 'sent') return 'repeated';
  try {
    await deps.mails.put({ state: 'sent', id: found.id, at, mailId }, found);
    return 'confirmed';
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    // The worker has just written the same, or someone has taken the claim over: look again.
    return confirmMail(deps, { id, mailId }, at);
  }
}

import type { Directory } from '../directory/directory.ts';
import type { NotifyJob } from '../jobs/job.ts';
import type { Clock } from '../platform/clock.ts';
import { CommitConflict } from '../platform/commit-conflict.ts';
import { composeMail } from './compose-mail.ts';
import { type MailClaim, type MailRecord, mayTakeOver, type Receipt } from './mail.ts';
import type { Mailer, Mails } from './mails.ts';
import { recipientsOf } from './recipients.ts';
import { isTemplate } from './templates.ts';

export interface SendNoticeDeps {
  readonly mails: Mails;
  readonly mailer: Mailer;
  readonly directory: Pick<Directory, 'person' | 'staff' | 'unit'>;
  readonly clock: Clock;
  readonly portalUrl: string;
}

/** Somebody else may be sending this very mail: the message has to come again later. */
export class ClaimHeld extends Error {
  constructor() {
    super('another run holds the claim on this mail');
    this.name = 'ClaimHeld';
  }
}

export type Noticed = 'sent' | 'undeliverable' | 'repeated';

/**
 * Sends the mail of a job, once: claims it, hands it to the mail service, records that it was taken. The reasoning is in
 * docs/decisions/0012.
 * @throws ClaimHeld, and what the stores and the mail service throw: the message then comes again
 */
export async function sendNotice(deps: SendNoticeDeps, job: NotifyJob, receipt: Receipt): Promise<Noticed> {
  if (!isTemplate(job.template)) throw new Error('the job names no template');
  const claim = await claimMail(deps, job.id, receipt);
  if (!claim) return 'repeated';
  const at = deps.clock.now();
  const recipients = await recipientsOf(deps.directory, job.to, at);
  if (typeof recipients === 'string') return undeliverable(deps, claim, recipients);
  const mail = composeMail(job.template, job.facts, recipients.language, deps.portalUrl);
  const { mailId } = await deps.mailer.send(job.id, recipients.addresses, mail);
  // Not written when the service's own report was faster and has marked it as sent.
  await wrote(deps, { state: 'sent', id: claim.id, at: deps.clock.now(), mailId }, claim);
  return 'sent';
}

/** The claim to send; `undefined` when the mail needs no more sending. */
async function claimMail(deps: SendNoticeDeps, id: string, receipt: Receipt): Promise<MailClaim | undefined> {
  const { messageId, receives } = receipt;
  const claim: MailClaim = { state: 'claimed', id, at: deps.clock.now(), messageId, receives };
  // Nearly every mail is new: it is read only when the claim shows that there is something to read.
  if (await wrote(deps, claim, undefined)) return claim;
  const found = await deps.mails.find(id);
  if (found && found.state !== 'claimed') return undefined;
  if (!found || !mayTakeOver(found, receipt)) throw new ClaimHeld();
  // Somebody else may have taken it over between the look and the write.
  if (!(await wrote(deps, claim, found))) throw new ClaimHeld();
  return claim;
}

async function undeliverable(
  deps: SendNoticeDeps,
  claim: MailClaim,
  reason: Extract<MailRecord, { state: 'undeliverable' }>['reason'],
): Promise<Noticed> {
  await wrote(deps, { state: 'undeliverable', id: claim.id, at: deps.clock.now(), reason }, claim);
  return 'undeliverable';
}

/** Whether the record could be written: not when it is no longer what was read. */
async function wrote(deps: SendNoticeDeps, next: MailRecord, previous: MailRecord | undefined): Promise<boolean> {
  try {
    await deps.mails.put(next, previous);
    return true;
  } catch (error) {
    if (error instanceof CommitConflict) return false;
    throw error;
  }
}

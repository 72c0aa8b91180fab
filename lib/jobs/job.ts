import * as z from 'zod';
import { personId } from '../directory/person.ts';
import { unitCode } from '../directory/unit.ts';

/**
 * Work that follows a case event. Messages hold ids, codes and numbers only. `id` is `<caseId>-<seq>-<n>`: the same event
 * always gives the same jobs with the same ids, however often it is relayed.
 */
const common = { id: z.string().min(1), caseId: z.string().min(1), seq: z.number().int().positive() };

export const notifyJob = z.object({
  job: z.literal('notify'),
  ...common,
  template: z.string().min(1),
  to: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('person'), id: personId }),
    z.object({ kind: z.literal('unit'), code: unitCode, role: z.enum(['clerk', 'officer', 'leader']) }),
  ]),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type NotifyJob = z.infer<typeof notifyJob>;

const deliverJob = z.object({ job: z.literal('deliver'), ...common, recipient: unitCode });
/** Carries what the receiver did back to the sender's dispatch; `caseId` is the incoming document. */
const reportStatusJob = z.object({ job: z.literal('report-status'), ...common });
/** Asks a recipient for a recalled dispatch, or tells it that one was replaced; `caseId` is the dispatch. */
const askRecallJob = z.object({ job: z.literal('ask-recall'), ...common, recipient: unitCode });
const tellReplacedJob = z.object({ job: z.literal('tell-replaced'), ...common, recipient: unitCode });
/** Carries the receiver's answer to a recall back; `caseId` is the incoming document. */
const reportRecallJob = z.object({ job: z.literal('report-recall'), ...common });

/** Raises the signatures of an issued document, or renews their last timestamp: whichever they need. The sweep asks for it. */
const preserveJob = z.object({ job: z.literal('preserve-document'), id: z.string().min(1), documentId: z.string() });
export type PreserveJob = z.infer<typeof preserveJob>;

/** Makes an evidence bundle; `caseId` is the bundle. */
export const exportEvidenceJob = z.object({ job: z.literal('export-evidence'), ...common });

export const job = z.discriminatedUnion('job', [
  z.object({ job: z.literal('sign-receipt'), ...common }),
  z.object({ job: z.literal('author-answer'), ...common }),
  z.object({ job: z.literal('sign-answer'), ...common }),
  z.object({ job: z.literal('seal-answer'), ...common }),
  z.object({ job: z.literal('sign-dispatch'), ...common }),
  z.object({ job: z.literal('seal-dispatch'), ...common }),
  deliverJob,
  reportStatusJob,
  askRecallJob,
  tellReplacedJob,
  reportRecallJob,
  notifyJob,
  preserveJob,
  exportEvidenceJob,
]);
export type Job = z.infer<typeof job>;
export type JobKind = Job['job'];

export const signJob = z.union([
  job.options[0],
  job.options[1],
  job.options[2],
  job.options[3],
  job.options[4],
  job.options[5],
  preserveJob,
]);
export type SignJob = z.infer<typeof signJob>;

export const deliveryJob = z.discriminatedUnion('job', [
  deliverJob,
  reportStatusJob,
  askRecallJob,
  tellReplacedJob,
  reportRecallJob,
]);
export type DeliveryJob = z.infer<typeof deliveryJob>;

export type QueueName = 'sign' | 'delivery' | 'notify' | 'evidence';

/** Which queue a job goes to. */
export const QUEUE_OF = {
  'sign-receipt': 'sign',
  'author-answer': 'sign',
  'sign-answer': 'sign',
  'seal-answer': 'sign',
  'sign-dispatch': 'sign',
  'seal-dispatch': 'sign',
  'preserve-document': 'sign',
  deliver: 'delivery',
  'report-status': 'delivery',
  'ask-recall': 'delivery',
  'tell-replaced': 'delivery',
  'report-recall': 'delivery',
  notify: 'notify',
  'export-evidence': 'evidence',
} as const satisfies Record<JobKind, QueueName>;

/** Work that a case waits for: until it has ended the sweep sends it again. */
export const pendingWork = z.object({
  /** Kind of the job, and whom it is for where each recipient has one of its own. */
  job: z.string(),
  recipient: unitCode.optional(),
  /** The event that caused it. */
  seq: z.number().int().positive(),
  since: z.number().int(),
  /** When the sweep is to look at it, and how often it has sent it again. */
  lookAt: z.number().int(),
  tries: z.number().int().nonnegative(),
});
export type PendingWork = z.infer<typeof pendingWork>;

/** How long a job may take before it is sent again; doubles each time, up to a day. */
const PATIENCE_MS = 15 * 60_000;
const LONGEST_MS = 24 * 3_600_000;

export function pending(job: JobKind, seq: number, at: number, recipient?: PendingWork['recipient']): PendingWork {
  return { job, seq, since: at, lookAt: at + PATIENCE_MS, tries: 0, ...(recipient === undefined ? {} : { recipient }) };
}

/** The work as it stands after the sweep has sent it again. */
export function sentAgain(work: PendingWork, at: number): PendingWork {
  const tries = work.tries + 1;
  return { ...work, tries, lookAt: at + Math.min(LONGEST_MS, PATIENCE_MS * 2 ** tries) };
}

import { applyDispatchSignature } from '../../lib/exchange/work/apply-dispatch-signature.ts';
import { sealDispatch } from '../../lib/exchange/work/seal-dispatch.ts';
import { type PreserveJob, type SignJob, signJob } from '../../lib/jobs/job.ts';
import { type JobOutcome, runJob } from '../../lib/jobs/run-job.ts';
import { applyAnswerSignature } from '../../lib/petitions/work/apply-answer-signature.ts';
import { authorAnswer } from '../../lib/petitions/work/author-answer.ts';
import { sealAnswer } from '../../lib/petitions/work/seal-answer.ts';
import { sealReceipt } from '../../lib/petitions/work/seal-receipt.ts';
import type { EpochMs } from '../../lib/platform/clock.ts';
import type { CaseCode, Id } from '../../lib/platform/ids.ts';
import { preserveDocument } from '../../lib/preservation/preserve-document.ts';
import { queueWorker } from '../queue/worker.ts';
import type { SignWorkerDeps } from './compose.ts';

type CaseJob = Exclude<SignJob, PreserveJob>;
type Work = (deps: SignWorkerDeps, job: CaseJob, at: EpochMs) => Promise<JobOutcome>;

const codeOf = (job: CaseJob) => job.caseId as CaseCode;

const WORK: Readonly<Record<CaseJob['job'], Work>> = {
  'sign-receipt': (deps, job, at) => sealReceipt(deps, codeOf(job), at),
  'author-answer': (deps, job, at) => authorAnswer(deps, job, at),
  'sign-answer': (deps, job, at) => applyAnswerSignature(deps, codeOf(job), at),
  'seal-answer': (deps, job, at) => sealAnswer(deps, codeOf(job), at),
  'sign-dispatch': (deps, job, at) => applyDispatchSignature(deps, codeOf(job), at),
  'seal-dispatch': (deps, job, at) => sealDispatch(deps, codeOf(job), at),
};

function run(deps: SignWorkerDeps, job: SignJob): Promise<JobOutcome> {
  const at = deps.clock.now();
  if (job.job === 'preserve-document') return preserveDocument(deps, job.documentId as Id, at);
  return WORK[job.job](deps, job, at);
}

/** Signs and seals: each job ends in one transaction, and does nothing when that has been. */
export function signWorker(deps: SignWorkerDeps) {
  return queueWorker(deps.log, async ({ body }) => {
    const job = signJob.parse(JSON.parse(body));
    const outcome = await runJob(deps.backOff, () => run(deps, job));
    deps.log.event(outcome === 'done' ? 'job.done' : 'job.repeated', { job: job.id, kind: job.job });
  });
}

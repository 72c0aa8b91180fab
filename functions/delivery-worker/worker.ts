import { askRecall } from '../../lib/exchange/work/ask-recall.ts';
import { deliverDispatch } from '../../lib/exchange/work/deliver-dispatch.ts';
import { reportRecall } from '../../lib/exchange/work/report-recall.ts';
import { reportStatus } from '../../lib/exchange/work/report-status.ts';
import { tellReplaced } from '../../lib/exchange/work/tell-replaced.ts';
import { type DeliveryJob, deliveryJob } from '../../lib/jobs/job.ts';
import { type JobOutcome, runJob } from '../../lib/jobs/run-job.ts';
import type { CaseCode } from '../../lib/platform/ids.ts';
import { queueWorker } from '../queue/worker.ts';
import type { DeliveryWorkerDeps } from './compose.ts';

function run(deps: DeliveryWorkerDeps, job: DeliveryJob): Promise<JobOutcome> {
  const [code, at] = [job.caseId as CaseCode, deps.clock.now()];
  switch (job.job) {
    case 'deliver':
      return deliverDispatch(deps, { code, recipient: job.recipient }, at);
    case 'ask-recall':
      return askRecall(deps, { code, recipient: job.recipient }, at);
    case 'tell-replaced':
      return tellReplaced(deps, { code, recipient: job.recipient }, at);
    case 'report-status':
      return reportStatus(deps, code, at);
    case 'report-recall':
      return reportRecall(deps, code, at);
  }
}

/** Delivers dispatches and carries back what their receivers did. */
export function deliveryWorker(deps: DeliveryWorkerDeps) {
  return queueWorker(deps.log, async ({ body }) => {
    const job = deliveryJob.parse(JSON.parse(body));
    const outcome = await runJob(deps.backOff, () => run(deps, job));
    deps.log.event(outcome === 'done' ? 'job.done' : 'job.repeated', { job: job.id, kind: job.job });
  });
}

import { deliverDispatch } from '../../lib/exchange/work/deliver-dispatch.ts';
import { reportStatus } from '../../lib/exchange/work/report-status.ts';
import { deliveryJob } from '../../lib/jobs/job.ts';
import { runJob } from '../../lib/jobs/run-job.ts';
import type { CaseCode } from '../../lib/platform/ids.ts';
import { queueWorker } from '../queue/worker.ts';
import type { DeliveryWorkerDeps } from './compose.ts';

/** Delivers dispatches and carries back what their receivers did. */
export function deliveryWorker(deps: DeliveryWorkerDeps) {
  return queueWorker(deps.log, async ({ body }) => {
    const job = deliveryJob.parse(JSON.parse(body));
    const code = job.caseId as CaseCode;
    const outcome = await runJob(deps.backOff, () =>
      job.job === 'deliver'
        ? deliverDispatch(deps, { code, recipient: job.recipient }, deps.clock.now())
        : reportStatus(deps, code, deps.clock.now()),
    );
    deps.log.event(outcome === 'done' ? 'job.done' : 'job.repeated', { job: job.id, kind: job.job });
  });
}

import { makeBundle } from '../../lib/bundles/work/make-bundle.ts';
import { exportEvidenceJob } from '../../lib/jobs/job.ts';
import { runJob } from '../../lib/jobs/run-job.ts';
import type { Id } from '../../lib/platform/ids.ts';
import { queueWorker } from '../queue/worker.ts';
import type { EvidenceWorkerDeps } from './compose.ts';

/** Makes evidence bundles; one that is ready is not made again. */
export function evidenceWorker(deps: EvidenceWorkerDeps) {
  return queueWorker(deps.log, async ({ body }) => {
    const job = exportEvidenceJob.parse(JSON.parse(body));
    const outcome = await runJob(deps.backOff, () => makeBundle(deps, job.caseId as Id, deps.clock.now()));
    deps.log.event(outcome === 'done' ? 'job.done' : 'job.repeated', { job: job.id, kind: job.job });
  });
}

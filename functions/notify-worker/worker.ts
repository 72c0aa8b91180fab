import { notifyJob } from '../../lib/jobs/job.ts';
import { sendNotice } from '../../lib/notifications/send-notice.ts';
import { queueWorker } from '../queue/worker.ts';
import type { NotifyWorkerDeps } from './compose.ts';

const DONE = { sent: 'mail.sent', undeliverable: 'mail.undeliverable', repeated: 'job.repeated' } as const;

export function notifyWorker(deps: NotifyWorkerDeps) {
  return queueWorker(deps.log, async ({ body, messageId, attributes }) => {
    const job = notifyJob.parse(JSON.parse(body));
    const receives = Number(attributes.ApproximateReceiveCount);
    const firstReceivedAt = Number(attributes.ApproximateFirstReceiveTimestamp);
    const noticed = await sendNotice(deps, job, { messageId, receives, firstReceivedAt });
    deps.log.event(DONE[noticed], { job: job.id, template: job.template });
  });
}

import { confirmMail, readMailReport } from '../../lib/notifications/confirm-mail.ts';
import type { Mails } from '../../lib/notifications/mails.ts';
import type { Clock } from '../../lib/platform/clock.ts';
import type { Log } from '../../lib/platform/log.ts';
import { queueWorker } from '../queue/worker.ts';

export function mailEventsWorker(deps: { readonly mails: Mails; readonly clock: Clock; readonly log: Log }) {
  return queueWorker(deps.log, async ({ body }) => {
    const report = readMailReport(body);
    const outcome = await confirmMail(deps, report, deps.clock.now());
    deps.log.event(outcome === 'confirmed' ? 'job.done' : 'job.repeated', { mail: report.id, outcome });
  });
}

import type { Case, CaseWriter } from '../cases/case-change.ts';
import type { CaseEvent } from '../evidence/case-event.ts';
import type { EventLog } from '../evidence/event-log.ts';
import { jobsOf } from '../jobs/all-jobs.ts';
import { type Job, type PendingWork, sentAgain } from '../jobs/job.ts';
import { type JobQueues, sendJobs } from '../jobs/send-jobs.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { CommitConflict } from '../platform/commit-conflict.ts';

export interface ResendDeps {
  readonly events: Pick<EventLog, 'log'>;
  readonly queues: JobQueues;
}

interface PendingCase extends Case {
  readonly pending: readonly PendingWork[];
}

type Cases<C extends PendingCase> = CaseWriter<C> & { commit(writes: readonly Write[]): Promise<void> };

/**
 * Sends the work of a case again that should have ended by now: the same jobs, made from the same events. The case then
 * waits twice as long before it is looked at again.
 * @returns how many jobs were sent
 */
export async function resendPending<C extends PendingCase>(
  deps: ResendDeps,
  cases: Cases<C>,
  found: C,
  now: EpochMs,
): Promise<number> {
  const overdue = found.pending.filter((work) => work.lookAt <= now);
  if (overdue.length === 0) return 0;
  const events = await deps.events.log(found.code);
  const jobs = overdue.flatMap((work) => jobsFor(work, events));
  const unsent = await sendJobs(deps.queues, jobs);
  if (unsent.size > 0) throw new Error(`${unsent.size} jobs were not taken by their queue`);
  const pending = found.pending.map((work) => (overdue.includes(work) ? sentAgain(work, now) : work));
  try {
    await cases.commit(cases.writes({ ...found, pending }, found));
  } catch (error) {
    // The case has just moved on by itself: so much the better.
    if (!(error instanceof CommitConflict)) throw error;
  }
  return jobs.length;
}

function jobsFor(work: PendingWork, events: readonly CaseEvent[]): Job[] {
  const cause = events.find((event) => event.seq === work.seq);
  return cause ? jobsOf(cause).filter((job) => matches(job, work)) : [];
}

function matches(job: Job, work: PendingWork): boolean {
  return job.job === work.job && (!('recipient' in job) || job.recipient === work.recipient);
}

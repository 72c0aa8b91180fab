import type { MessageQueue } from '../platform/aws/message-queue.ts';
import { type Job, QUEUE_OF, type QueueName } from './job.ts';

export type JobQueues = Readonly<Record<QueueName, MessageQueue>>;

/**
 * Sends jobs to their queues, in as few calls as possible.
 * @returns ids of the jobs that could not be sent; a queue that cannot be reached takes none of its jobs
 */
export async function sendJobs(queues: JobQueues, jobs: readonly Job[]): Promise<ReadonlySet<string>> {
  const byQueue = Map.groupBy(jobs, (job) => QUEUE_OF[job.job]);
  const failed = new Set<string>();
  await Promise.all(
    [...byQueue].map(async ([queue, group]) => {
      const messages = group.map((job) => ({ key: job.id, body: JSON.stringify(job) }));
      try {
        for (const id of (await queues[queue].send(messages)).failed) failed.add(id);
      } catch {
        for (const { id } of group) failed.add(id);
      }
    }),
  );
  return failed;
}

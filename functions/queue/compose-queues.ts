import * as z from 'zod';
import type { JobQueues } from '../../lib/jobs/send-jobs.ts';
import { queueClient, SqsQueue } from '../../lib/platform/aws/message-queue.ts';
import { readConfig } from '../../lib/platform/config.ts';
import { ENV } from '../../lib/platform/names.ts';

/** The queues of work, for functions that send to them. @throws Error naming every missing variable */
export function composeQueues(environment: Readonly<Record<string, string | undefined>>): JobQueues {
  const config = readConfig(
    {
      [ENV.signQueueUrl]: z.url(),
      [ENV.deliveryQueueUrl]: z.url(),
      [ENV.notifyQueueUrl]: z.url(),
      [ENV.evidenceQueueUrl]: z.url(),
    },
    environment,
  );
  const client = queueClient();
  return {
    sign: new SqsQueue(client, config.SIGN_QUEUE_URL),
    delivery: new SqsQueue(client, config.DELIVERY_QUEUE_URL),
    notify: new SqsQueue(client, config.NOTIFY_QUEUE_URL),
    evidence: new SqsQueue(client, config.EVIDENCE_QUEUE_URL),
  };
}

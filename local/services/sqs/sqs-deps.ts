import type { LocalClock } from '../../gateway/service.ts';
import { type Input, optionalString, ServiceFault } from '../json-protocol.ts';
import { queueNameOf } from './permissions.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import type { Receiver } from './receiver.ts';
import { noSuchQueue } from './sqs-fault.ts';

/** What the operations work with. */
export interface SqsDeps {
  readonly store: QueueStore;
  readonly receiver: Receiver;
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
  queueUrl(name: string): string;
}

/** One SQS operation: its input and the caller's ARN in, its output out. */
export type SqsOperation = (deps: SqsDeps, input: Input, caller: string) => Promise<Input>;

/** A required string. */
export function required(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (!value) throw new ServiceFault('MissingParameter', `The request must contain the parameter ${name}.`);
  return value;
}

/**
 * The queue that `QueueUrl` names, by URL or by its bare name.
 * @throws ServiceFault `QueueDoesNotExist`
 */
export function queueOf(deps: SqsDeps, input: Input): Queue {
  const queue = deps.store.find(queueNameOf(required(input, 'QueueUrl')));
  if (!queue) throw noSuchQueue();
  return queue;
}

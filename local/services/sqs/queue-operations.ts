import { randomUUID } from 'node:crypto';
import {
  type Input,
  optionalInteger,
  optionalString,
  optionalStringMap,
  optionalStrings,
  ServiceFault,
} from '../json-protocol.ts';
import { checkAttributes, type QueueAttributes, redrivePolicy, shownAttributes } from './attributes.ts';
import { invalidParameter, type Message } from './message.ts';
import { queueArn, queueNameOf } from './permissions.ts';
import { queueOf, required, type SqsDeps, type SqsOperation } from './sqs-deps.ts';
import { noSuchQueue } from './sqs-fault.ts';

async function createQueue(deps: SqsDeps, input: Input): Promise<Input> {
  const name = required(input, 'QueueName');
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
  }
  const attributes = checkAttributes(optionalStringMap(input, 'Attributes') ?? {});
  const existing = deps.store.find(name);
  if (existing && !agrees(existing.attributes, attributes)) {
    throw new ServiceFault(
      'QueueNameExists',
      'A queue already exists with the same name and a different value for attribute(s).',
    );
  }
  if (!existing) await deps.store.put(name, attributes, optionalStringMap(input, 'tags') ?? {});
  return { QueueUrl: deps.queueUrl(name) };
}

function agrees(existing: QueueAttributes, wanted: QueueAttributes): boolean {
  const shown = shownAttributes(existing);
  return Object.entries(wanted).every(([name, value]) => (shown[name] ?? '') === value);
}

async function getQueueUrl(deps: SqsDeps, input: Input): Promise<Input> {
  const name = required(input, 'QueueName');
  if (!deps.store.find(name)) throw noSuchQueue();
  return { QueueUrl: deps.queueUrl(name) };
}

async function listQueues(deps: SqsDeps, input: Input): Promise<Input> {
  const prefix = optionalString(input, 'QueueNamePrefix') ?? '';
  const max = optionalInteger(input, 'MaxResults') ?? 1000;
  const after = Buffer.from(optionalString(input, 'NextToken') ?? '', 'base64').toString('utf8');
  const names = deps.store
    .list()
    .map((queue) => queue.name)
    .filter((name) => name.startsWith(prefix) && name > after)
    .sort();
  const page = names.slice(0, max);
  return {
    QueueUrls: page.map((name) => deps.queueUrl(name)),
    ...(names.length > page.length ? { NextToken: Buffer.from(page.at(-1)!).toString('base64') } : {}),
  };
}

async function deleteQueue(deps: SqsDeps, input: Input): Promise<Input> {
  await deps.store.drop(queueOf(deps, input).name);
  return {};
}

async function getQueueAttributes(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  const names = optionalStrings(input, 'AttributeNames') ?? [];
  const depths = queue.depths();
  const all: Record<string, string> = {
    ...shownAttributes(queue.attributes),
    QueueArn: queueArn(deps, queue.name),
    ApproximateNumberOfMessages: String(depths.visible),
    ApproximateNumberOfMessagesNotVisible: String(depths.inFlight),
    ApproximateNumberOfMessagesDelayed: String(depths.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  };
  const unknown = names.find((name) => name !== 'All' && !(name in all) && !SETTABLE.has(name));
  if (unknown) throw new ServiceFault('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const shown = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) };
}

const SETTABLE = new Set([
  'Policy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);

async function setQueueAttributes(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  const changes = checkAttributes(optionalStringMap(input, 'Attributes') ?? {});
  await deps.store.put(queue.name, { ...queue.attributes, ...changes }, queue.tags);
  return {};
}

async function purgeQueue(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  if (deps.clock.now() - queue.purgedAt < 60_000) {
    throw new ServiceFault(
      'PurgeQueueInProgress',
      `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      403,
    );
  }
  await deps.store.purge(queue);
  return {};
}

async function listQueueTags(deps: SqsDeps, input: Input): Promise<Input> {
  return { Tags: queueOf(deps, input).tags };
}

async function tagQueue(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  await deps.store.put(queue.name, queue.attributes, { ...queue.tags, ...optionalStringMap(input, 'Tags') });
  return {};
}

async function listDeadLetterSourceQueues(deps: SqsDeps, input: Input): Promise<Input> {
  const arn = queueArn(deps, queueOf(deps, input).name);
  const sources = deps.store.list().filter((queue) => redrivePolicy(queue.attributes)?.deadLetterTargetArn === arn);
  return { queueUrls: sources.map((queue) => deps.queueUrl(queue.name)) };
}

/** Moves what lies in a dead-letter queue back to where it came from, or to the queue that is named. */
async function startMessageMoveTask(deps: SqsDeps, input: Input): Promise<Input> {
  const source = deps.store.find(queueNameOf(required(input, 'SourceArn')));
  if (!source)
    throw new ServiceFault(
      'ResourceNotFoundException',
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    );
  const named = optionalString(input, 'DestinationArn');
  const isDead = deps.store
    .list()
    .some((queue) => redrivePolicy(queue.attributes)?.deadLetterTargetArn === queueArn(deps, source.name));
  if (!isDead) throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
  const groups = Map.groupBy(source.messages, (message) => named ?? message.deadLetterSource ?? '');
  for (const [arn, messages] of groups) {
    const target = deps.store.find(queueNameOf(arn));
    if (!target) throw new ServiceFault('ResourceNotFoundException', 'The destination queue does not exist.');
    const now = deps.clock.now();
    const renew = (message: Message): Message => ({
      ...message,
      id: randomUUID(),
      sentAt: now,
      visibleAt: now,
      receives: 0,
      firstReceivedAt: undefined,
      deadLetterSource: undefined,
    });
    await deps.store.redrive(
      source,
      target,
      messages.filter((message) => !source.isInFlight(message.id)).map((message) => message.id),
      renew,
    );
  }
  return {
    TaskHandle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: required(input, 'SourceArn') })).toString(
      'base64',
    ),
  };
}

/** Operations on queues themselves, by name. */
export const QUEUE_OPERATIONS: Readonly<Record<string, SqsOperation>> = {
  CreateQueue: createQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  PurgeQueue: purgeQueue,
  ListQueueTags: listQueueTags,
  TagQueue: tagQueue,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  StartMessageMoveTask: startMessageMoveTask,
};

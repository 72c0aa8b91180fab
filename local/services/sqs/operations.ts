import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../../gateway/service.ts';
import {
  type Input,
  optionalInteger,
  optionalString,
  optionalStringMap,
  optionalStrings,
  ServiceFault,
} from '../json-protocol.ts';
import {
  checkAttributes,
  numericAttribute,
  type QueueAttributes,
  redrivePolicy,
  shownAttributes,
} from './attributes.ts';
import { readEntries, runEntries } from './batches.ts';
import { attributesMd5, bodyMd5, type Draft, invalidParameter, type Message, readDraft } from './message.ts';
import { queueArn, queueNameOf } from './permissions.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { decodeReceipt } from './receipt-handle.ts';
import { type Receiver, showMessage } from './receiver.ts';
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
function required(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (!value) throw new ServiceFault('MissingParameter', `The request must contain the parameter ${name}.`);
  return value;
}

function queueOf(deps: SqsDeps, input: Input): Queue {
  const queue = deps.store.find(queueNameOf(required(input, 'QueueUrl')));
  if (!queue) throw noSuchQueue();
  return queue;
}

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

async function sendMessage(deps: SqsDeps, input: Input, caller: string): Promise<Input> {
  return await send(deps, queueOf(deps, input), input, readDraft(input), caller);
}

async function send(deps: SqsDeps, queue: Queue, input: Input, draft: Draft, caller: string): Promise<Input> {
  const limit = numericAttribute(queue.attributes, 'MaximumMessageSize');
  if (draft.size > limit)
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  const delay = optionalInteger(input, 'DelaySeconds') ?? numericAttribute(queue.attributes, 'DelaySeconds');
  if (delay < 0 || delay > 900) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  const now = deps.clock.now();
  const message: Message = {
    id: randomUUID(),
    body: draft.body,
    bodyMd5: bodyMd5(draft.body),
    attributes: draft.attributes,
    traceHeader: draft.traceHeader,
    groupId: draft.groupId,
    senderId: caller,
    sentAt: now,
    visibleAt: now + delay * 1000,
    receives: 0,
    firstReceivedAt: undefined,
    deadLetterSource: undefined,
  };
  await deps.store.send(queue, [message]);
  const md5 = attributesMd5(draft.attributes);
  return { MessageId: message.id, MD5OfMessageBody: message.bodyMd5, ...(md5 ? { MD5OfMessageAttributes: md5 } : {}) };
}

async function sendMessageBatch(deps: SqsDeps, input: Input, caller: string): Promise<Input> {
  const queue = queueOf(deps, input);
  const entries = readEntries(input);
  const bytes = entries.reduce(
    (sum, entry) => sum + Buffer.byteLength(optionalString(entry.input, 'MessageBody') ?? ''),
    0,
  );
  const limit = numericAttribute({}, 'MaximumMessageSize');
  if (bytes > limit) {
    throw new ServiceFault(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${limit} bytes. You have sent ${bytes} bytes.`,
    );
  }
  return { ...(await runEntries(entries, async (entry) => await send(deps, queue, entry, readDraft(entry), caller))) };
}

async function receiveMessage(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  const max = optionalInteger(input, 'MaxNumberOfMessages') ?? 1;
  if (max < 1 || max > 10) {
    throw invalidParameter(
      `Value ${max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
    );
  }
  const wait =
    optionalInteger(input, 'WaitTimeSeconds') ?? numericAttribute(queue.attributes, 'ReceiveMessageWaitTimeSeconds');
  if (wait < 0 || wait > 20) {
    throw invalidParameter(
      `Value ${wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`,
    );
  }
  const visibilityTimeout = readVisibility(input);
  const messages = await deps.receiver.receive(queue.name, { max, visibilityTimeout, wait: wait * 1000 });
  const system = [
    ...(optionalStrings(input, 'MessageSystemAttributeNames') ?? []),
    ...(optionalStrings(input, 'AttributeNames') ?? []),
  ];
  const choice = { system, user: optionalStrings(input, 'MessageAttributeNames') ?? [] };
  return messages.length === 0 ? {} : { Messages: messages.map((message) => showMessage(queue.name, message, choice)) };
}

function readVisibility(input: Input): number | undefined {
  const seconds = optionalInteger(input, 'VisibilityTimeout');
  if (seconds !== undefined && (seconds < 0 || seconds > 43_200)) {
    throw invalidParameter(
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200.`,
    );
  }
  return seconds;
}

async function deleteMessage(deps: SqsDeps, input: Input): Promise<Input> {
  await deleteOne(deps, queueOf(deps, input), input);
  return {};
}

/** Only the latest receipt deletes; an older one succeeds without effect, as SQS documents. */
async function deleteOne(deps: SqsDeps, queue: Queue, input: Input): Promise<Input> {
  const receipt = decodeReceipt(required(input, 'ReceiptHandle'), queue.name);
  if (queue.find(receipt.messageId)?.receives === receipt.receive) await deps.store.delete(queue, [receipt.messageId]);
  return {};
}

async function deleteMessageBatch(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  return { ...(await runEntries(readEntries(input), async (entry) => await deleteOne(deps, queue, entry))) };
}

async function changeMessageVisibility(deps: SqsDeps, input: Input): Promise<Input> {
  return changeOne(deps, queueOf(deps, input), input);
}

function changeOne(deps: SqsDeps, queue: Queue, input: Input): Input {
  const receipt = decodeReceipt(required(input, 'ReceiptHandle'), queue.name);
  const seconds = readVisibility(input);
  if (seconds === undefined)
    throw new ServiceFault('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  const message = queue.find(receipt.messageId);
  if (!message) {
    throw invalidParameter(
      `Value ${input['ReceiptHandle']} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  if (!queue.isInFlight(message.id) || message.receives !== receipt.receive) {
    throw new ServiceFault('MessageNotInflight', 'The specified message is not in flight.');
  }
  deps.store.hide(queue, message, deps.clock.now() + seconds * 1000);
  return {};
}

async function changeMessageVisibilityBatch(deps: SqsDeps, input: Input): Promise<Input> {
  const queue = queueOf(deps, input);
  return { ...(await runEntries(readEntries(input), async (entry) => changeOne(deps, queue, entry))) };
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

/** The operations by name, as they stand behind `AmazonSQS.`. */
export const SQS_OPERATIONS: Readonly<Record<string, SqsOperation>> = {
  CreateQueue: createQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  PurgeQueue: purgeQueue,
  ListQueueTags: listQueueTags,
  TagQueue: tagQueue,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  StartMessageMoveTask: startMessageMoveTask,
};

import { randomUUID } from 'node:crypto';
import { type Input, optionalInteger, optionalString, optionalStrings, ServiceFault } from '../json-protocol.ts';
import { numericAttribute } from './attributes.ts';
import { readEntries, runEntries } from './batches.ts';
import { attributesMd5, bodyMd5, type Draft, invalidParameter, type Message, readDraft } from './message.ts';
import type { Queue } from './queue.ts';
import { decodeReceipt } from './receipt-handle.ts';
import { showMessage } from './receiver.ts';
import { queueOf, required, type SqsDeps, type SqsOperation } from './sqs-deps.ts';

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
      `Value ${input.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
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

/** Operations on messages, by name. */
export const MESSAGE_OPERATIONS: Readonly<Record<string, SqsOperation>> = {
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
};

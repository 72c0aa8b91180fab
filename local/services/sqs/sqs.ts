import type { AwsRequest, AwsResponse, AwsService, LocalClock } from '../../gateway/service.ts';
import {
  DecodedCalls,
  decodeOperation,
  type Input,
  jsonAnswer,
  type Operation,
  ServiceFault,
} from '../json-protocol.ts';
import { checkAttributes, type QueueAttributes } from './attributes.ts';
import { MESSAGE_OPERATIONS } from './message-operations.ts';
import { queueArn, sqsPermissions } from './permissions.ts';
import type { QueueDepths } from './queue.ts';
import { QUEUE_OPERATIONS } from './queue-operations.ts';
import { QueueStore } from './queue-store.ts';
import { type ReceivedMessage, type ReceiveOptions, Receiver, showMessage } from './receiver.ts';
import type { SqsDeps, SqsOperation } from './sqs-deps.ts';
import { noSuchQueue, sqsError } from './sqs-fault.ts';

export interface SqsOptions {
  /** Where the journal is kept; made when it is missing. */
  readonly dir: string;
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
  /** Address that queue URLs begin with, e.g. `http://127.0.0.1:4566`; asked for each time, as it is known late. */
  endpoint(): string;
}

/** What the template declares about a queue, in SQS's own attribute names; numbers and objects may come as they are. */
export type QueueSettings = Readonly<
  Record<string, string | number | boolean | Readonly<Record<string, unknown>> | undefined>
>;

/** The side of SQS that the runtime uses in-process: no signature, no permission. */
export interface SqsAdmin {
  /** Creates a queue, or gives the one that is there these attributes. */
  createQueue(name: string, settings?: QueueSettings): Promise<{ readonly url: string; readonly arn: string }>;
  deleteQueue(name: string): Promise<void>;
  queueUrl(name: string): string;
  queueArn(name: string): string;
  names(): readonly string[];
  /** Sends on behalf of `sender` (a service or role); the message is on the disk when this resolves. */
  send(
    queue: string,
    message: { readonly MessageBody: string; readonly [member: string]: unknown },
    sender: string,
  ): Promise<{ readonly messageId: string }>;
  /** Waits for messages as a Lambda poller does; resolves with none when aborted, closed or the wait is over. */
  receive(queue: string, options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  delete(queue: string, receiptHandles: readonly string[]): Promise<void>;
  /** Seconds from now until the messages come back; 0 shows them at once. */
  changeVisibility(queue: string, receiptHandles: readonly string[], seconds: number): Promise<void>;
  depths(queue: string): QueueDepths;
  /** When the next hidden message of a queue comes back (epoch ms). */
  nextVisibleAt(queue: string): number | undefined;
  /** True when no queue (or none of these) has a message that could be received now or is being worked on. */
  idle(queues?: readonly string[]): boolean;
  /** Calls back whenever messages of a queue appear, hide or go. */
  onChange(listener: (queue: string) => void): () => void;
}

/** SQS on the laptop: standard queues over AWS JSON 1.0. */
export interface Sqs extends AwsService {
  readonly admin: SqsAdmin;
  close(): Promise<void>;
}

const OPERATIONS: Readonly<Record<string, SqsOperation>> = { ...QUEUE_OPERATIONS, ...MESSAGE_OPERATIONS };

/** Opens the queues kept under `dir` and serves them. */
export async function createSqs(options: SqsOptions): Promise<Sqs> {
  const store = await QueueStore.open(options.dir, options.clock);
  const receiver = new Receiver(store, options.clock);
  const queueUrl = (name: string) => `${options.endpoint()}/${options.accountId}/${name}`;
  const deps: SqsDeps = { ...options, store, receiver, queueUrl };
  const calls = new DecodedCalls((request) => {
    const operation = decodeSqsOperation(request);
    return { operation, permissions: sqsPermissions(operation, options) };
  });
  return {
    name: 'sqs',
    signingNames: ['sqs'],
    streams: false,
    permissions: async (request) => calls.of(request).permissions,
    handle: async (request) => await answer(deps, request, () => calls.of(request).operation),
    error: (code, message, status, requestId) => sqsError(requestId, { code, message, status }),
    admin: createAdmin(deps),
    close: async () => {
      receiver.close();
      await store.close();
    },
  };
}

function decodeSqsOperation(request: AwsRequest): Operation {
  const operation = decodeOperation(request);
  if (operation.target !== 'AmazonSQS' || !Object.hasOwn(OPERATIONS, operation.name)) {
    throw new ServiceFault(
      'UnknownOperationException',
      `The laptop's SQS does not know ${operation.target}.${operation.name}.`,
    );
  }
  return operation;
}

async function answer(deps: SqsDeps, request: AwsRequest, decode: () => Operation): Promise<AwsResponse> {
  try {
    const operation = decode();
    const output = await OPERATIONS[operation.name]!(deps, operation.input, request.principal.arn);
    return jsonAnswer('1.0', request.id, output);
  } catch (error) {
    if (error instanceof ServiceFault) return sqsError(request.id, error);
    throw error;
  }
}

function createAdmin(deps: SqsDeps): SqsAdmin {
  const { store, receiver } = deps;
  const run = (name: string, queue: string, input: Input, caller = 'local') =>
    OPERATIONS[name]!(deps, { QueueUrl: queue, ...input }, caller);
  const existing = (queue: string) => {
    const found = store.find(queue);
    if (!found) throw noSuchQueue();
    return found;
  };
  return {
    createQueue: async (name, settings = {}) => {
      await store.put(name, settingsToAttributes(settings), store.find(name)?.tags ?? {});
      return { url: deps.queueUrl(name), arn: queueArn(deps, name) };
    },
    deleteQueue: async (name) => await store.drop(name),
    queueUrl: deps.queueUrl,
    queueArn: (name) => queueArn(deps, name),
    names: () => store.list().map((queue) => queue.name),
    send: async (queue, message, sender) => ({
      messageId: String((await run('SendMessage', queue, message, sender)).MessageId),
    }),
    receive: async (queue, receiveOptions) => {
      const messages = await receiver.receive(existing(queue).name, receiveOptions);
      return messages.map((message) => showMessage(queue, message, { system: ['All'], user: ['All'] }));
    },
    delete: async (queue, handles) => {
      await Promise.all(handles.map((ReceiptHandle) => run('DeleteMessage', queue, { ReceiptHandle })));
    },
    changeVisibility: async (queue, handles, VisibilityTimeout) => {
      await Promise.all(
        handles.map((ReceiptHandle) => run('ChangeMessageVisibility', queue, { ReceiptHandle, VisibilityTimeout })),
      );
    },
    depths: (queue) => existing(queue).depths(),
    nextVisibleAt: (queue) => existing(queue).nextVisibleAt(),
    idle: (queues) => {
      const watched = store.list().filter((queue) => queues === undefined || queues.includes(queue.name));
      return watched.every((queue) => queue.depths().visible === 0 && queue.depths().inFlight === 0);
    },
    onChange: (listener) => store.onChange(listener),
  };
}

function settingsToAttributes(settings: QueueSettings): QueueAttributes {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return checkAttributes(attributes);
}

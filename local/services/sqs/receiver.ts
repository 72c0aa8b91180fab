import type { LocalClock } from '../../gateway/service.ts';
import { numericAttribute } from './attributes.ts';
import { attributesMd5, type Message, type MessageAttribute, type MessageAttributes } from './message.ts';
import type { QueueStore } from './queue-store.ts';
import { encodeReceipt } from './receipt-handle.ts';

/** A message as ReceiveMessage shows it. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: MessageAttributes;
}

export interface ReceiveOptions {
  /** At most so many messages at once. */
  readonly max: number;
  /** Seconds; the queue's own timeout where it is missing. */
  readonly visibilityTimeout?: number | undefined;
  /** How long to wait for a first message, milliseconds of the clock; `Infinity` waits until one comes. */
  readonly wait: number;
  /** Ends the waiting early, with nothing received. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly options: ReceiveOptions;
  readonly finish: (messages: readonly Message[]) => void;
}

/** Hands messages to consumers, and keeps those waiting who find nothing. */
export class Receiver {
  readonly #store: QueueStore;
  readonly #clock: LocalClock;
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #changed = new Set<string>();
  readonly #stop: () => void;
  #closed = false;

  constructor(store: QueueStore, clock: LocalClock) {
    this.#store = store;
    this.#clock = clock;
    this.#stop = store.onChange((queue) => this.#wake(queue));
  }

  /** Messages of a queue; an empty list when the wait ended, the queue went away or the receiver closed. */
  async receive(queue: string, options: ReceiveOptions): Promise<readonly Message[]> {
    const ready = this.#take(queue, options);
    if (ready.length > 0 || options.wait <= 0 || this.#closed || options.signal?.aborted) return ready;
    return await this.#wait(queue, options);
  }

  /** How many consumers are waiting at a queue. */
  waiting(queue: string): number {
    return this.#waiters.get(queue)?.size ?? 0;
  }

  /** Sends everyone home empty-handed. */
  close(): void {
    this.#closed = true;
    this.#stop();
    for (const waiters of this.#waiters.values()) for (const waiter of [...waiters]) waiter.finish([]);
  }

  #take(name: string, options: ReceiveOptions): readonly Message[] {
    const queue = this.#store.find(name);
    if (!queue) return [];
    const seconds = options.visibilityTimeout ?? numericAttribute(queue.attributes, 'VisibilityTimeout');
    return this.#store.take(queue, options.max, seconds * 1000);
  }

  #wait(queue: string, options: ReceiveOptions): Promise<readonly Message[]> {
    const waiters = this.#waiters.get(queue) ?? new Set<Waiter>();
    this.#waiters.set(queue, waiters);
    return new Promise((resolve) => {
      const giveUp = () => waiter.finish([]);
      const cancel = Number.isFinite(options.wait)
        ? this.#clock.at(this.#clock.now() + options.wait, giveUp)
        : undefined;
      const finish = (messages: readonly Message[]) => {
        waiters.delete(waiter);
        cancel?.();
        options.signal?.removeEventListener('abort', giveUp);
        resolve(messages);
      };
      const waiter: Waiter = { options, finish };
      waiters.add(waiter);
      options.signal?.addEventListener('abort', giveUp);
    });
  }

  /** Serves the waiting after the present turn: a change is reported from within the store's own loops. */
  #wake(queue: string): void {
    if (!this.#waiters.get(queue)?.size) return;
    if (this.#changed.size === 0) queueMicrotask(() => this.#serve());
    this.#changed.add(queue);
  }

  #serve(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const queue of changed) {
      const gone = this.#store.find(queue) === undefined;
      for (const waiter of [...(this.#waiters.get(queue) ?? [])]) {
        const messages = gone ? [] : this.#take(queue, waiter.options);
        if (messages.length > 0 || gone) waiter.finish(messages);
        else break;
      }
    }
  }
}

/** Which attributes a consumer asks to see: names, or `All`. */
export interface AttributeChoice {
  readonly system: readonly string[];
  readonly user: readonly string[];
}

/** Shows a message to a consumer, with the receipt for the delivery it stands for. */
export function showMessage(queue: string, message: Message, choice: AttributeChoice): ReceivedMessage {
  const system = chosenSystemAttributes(message, choice.system);
  const user = chosenUserAttributes(message.attributes ?? {}, choice.user);
  const md5 = attributesMd5(user);
  return {
    MessageId: message.id,
    ReceiptHandle: encodeReceipt({ queue, messageId: message.id, receive: message.receives }),
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    ...(Object.keys(system).length === 0 ? {} : { Attributes: system }),
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5, MessageAttributes: user }),
  };
}

function chosenSystemAttributes(message: Message, chosen: readonly string[]): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, string | undefined>> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined && (chosen.includes('All') || chosen.includes(name))) shown[name] = value;
  }
  return shown;
}

function chosenUserAttributes(attributes: MessageAttributes, chosen: readonly string[]): MessageAttributes {
  const fits = (name: string) =>
    chosen.some(
      (want) =>
        want === 'All' || want === '.*' || want === name || (want.endsWith('.*') && name.startsWith(want.slice(0, -1))),
    );
  const shown: Record<string, MessageAttribute> = {};
  for (const [name, attribute] of Object.entries(attributes)) if (fits(name)) shown[name] = attribute;
  return shown;
}

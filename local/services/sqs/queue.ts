import { numericAttribute, type QueueAttributes, redrivePolicy } from './attributes.ts';
import type { Message } from './message.ts';
import { TimeHeap } from './time-heap.ts';

/** How many messages stand where. */
export interface QueueDepths {
  /** Can be received now. */
  readonly visible: number;
  /** Received and not yet deleted; come back when their visibility timeout ends. */
  readonly inFlight: number;
  /** Sent with a delay that has not passed. */
  readonly delayed: number;
}

type Place = 'visible' | 'inFlight' | 'delayed';

/** The messages of one queue and where each stands. Pure: the time comes in with every call (epoch milliseconds). */
export class Queue {
  readonly name: string;
  readonly createdAt: number;
  attributes: QueueAttributes;
  tags: Readonly<Record<string, string>>;
  modifiedAt: number;
  purgedAt = Number.NEGATIVE_INFINITY;
  readonly #messages = new Map<string, { readonly message: Message; place: Place }>();
  readonly #visible = new Set<Message>();
  readonly #hidden = new TimeHeap<Message>();
  readonly #counts: Record<Place, number> = { visible: 0, inFlight: 0, delayed: 0 };
  #oldest = Number.POSITIVE_INFINITY;

  constructor(name: string, attributes: QueueAttributes, tags: Readonly<Record<string, string>>, createdAt: number) {
    this.name = name;
    this.attributes = attributes;
    this.tags = tags;
    this.createdAt = createdAt;
    this.modifiedAt = createdAt;
  }

  get messages(): readonly Message[] {
    return [...this.#messages.values()].map((entry) => entry.message);
  }

  find(id: string): Message | undefined {
    return this.#messages.get(id)?.message;
  }

  isInFlight(id: string): boolean {
    return this.#messages.get(id)?.place === 'inFlight';
  }

  depths(): QueueDepths {
    return { ...this.#counts };
  }

  /** Puts a message in; it is hidden until its `visibleAt`. */
  add(message: Message, now: number): void {
    this.remove(message.id);
    this.#messages.set(message.id, { message, place: 'visible' });
    this.#counts.visible += 1;
    this.#visible.add(message);
    this.#oldest = Math.min(this.#oldest, message.sentAt);
    if (message.visibleAt > now) this.hide(message, message.visibleAt, now);
  }

  /** Takes a message out; false when it is not there any more. */
  remove(id: string): boolean {
    const entry = this.#messages.get(id);
    if (!entry) return false;
    this.#messages.delete(id);
    this.#visible.delete(entry.message);
    this.#counts[entry.place] -= 1;
    return true;
  }

  clear(): void {
    for (const id of [...this.#messages.keys()]) this.remove(id);
    this.#hidden.clear();
  }

  /** Hides a message until `until`, or shows it when that is not in the future. */
  hide(message: Message, until: number, now: number): void {
    message.visibleAt = until;
    if (until > now) this.#hidden.push(until, message);
    const hidden: Place = message.receives > 0 ? 'inFlight' : 'delayed';
    this.#place(message, until > now ? hidden : 'visible');
  }

  #place(message: Message, place: Place): void {
    const entry = this.#messages.get(message.id);
    if (entry?.message !== message) return;
    this.#counts[entry.place] -= 1;
    this.#counts[place] += 1;
    entry.place = place;
    if (place === 'visible') this.#visible.add(message);
    else this.#visible.delete(message);
  }

  /** Lets the time pass: shows what is due. Returns the messages past their retention, which the caller takes out. */
  settle(now: number): readonly Message[] {
    for (let due = this.#hidden.peek(); due !== undefined; due = this.#hidden.peek()) {
      const stale = this.#isStale(due.at, due.item);
      if (!stale && due.at > now) break;
      this.#hidden.pop();
      if (!stale) this.#place(due.item, 'visible');
    }
    return this.#expired(now);
  }

  #isStale(at: number, message: Message): boolean {
    const entry = this.#messages.get(message.id);
    return entry?.message !== message || entry.place === 'visible' || message.visibleAt !== at;
  }

  #expired(now: number): readonly Message[] {
    const sentBefore = now - 1000 * numericAttribute(this.attributes, 'MessageRetentionPeriod');
    if (this.#oldest > sentBefore) return [];
    const expired: Message[] = [];
    this.#oldest = Number.POSITIVE_INFINITY;
    for (const { message } of this.#messages.values()) {
      if (message.sentAt <= sentBefore) expired.push(message);
      else this.#oldest = Math.min(this.#oldest, message.sentAt);
    }
    return expired;
  }

  /** When the next hidden message comes back; `undefined` when none is hidden. */
  nextVisibleAt(): number | undefined {
    for (let due = this.#hidden.peek(); due !== undefined; due = this.#hidden.peek()) {
      if (!this.#isStale(due.at, due.item)) return due.at;
      this.#hidden.pop();
    }
    return undefined;
  }

  /** The message that has been visible longest. */
  first(): Message | undefined {
    return this.#visible.values().next().value;
  }

  /** True when the redrive policy sends this message to the dead-letter queue instead of out once more. */
  isSpent(message: Message): boolean {
    const redrive = redrivePolicy(this.attributes);
    return redrive !== undefined && message.receives >= redrive.maxReceiveCount;
  }
}

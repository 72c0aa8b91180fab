import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalClock } from '../../gateway/service.ts';
import { type QueueAttributes, redrivePolicy } from './attributes.ts';
import { Journal } from './journal.ts';
import type { Message } from './message.ts';
import { Queue } from './queue.ts';

/** What the journal holds. Entries may be replayed onto a state that already has them. */
type Entry =
  | {
      readonly t: 'queue';
      readonly name: string;
      readonly attributes: QueueAttributes;
      readonly tags: Readonly<Record<string, string>>;
      readonly createdAt: number;
      readonly modifiedAt: number;
    }
  | { readonly t: 'unqueue'; readonly name: string }
  | { readonly t: 'send'; readonly q: string; readonly messages: readonly Message[] }
  | {
      readonly t: 'hide';
      readonly q: string;
      readonly id: string;
      readonly until: number;
      readonly receives: number;
      readonly first: number | undefined;
    }
  | { readonly t: 'delete'; readonly q: string; readonly ids: readonly string[] }
  | {
      readonly t: 'move';
      readonly from: string;
      readonly to: string;
      readonly messages: readonly Message[];
      readonly ids: readonly string[];
    }
  | { readonly t: 'purge'; readonly q: string };

/** The queues of the laptop: in memory, with every change in one journal, so that a restart finds what was there. */
export class QueueStore {
  readonly #clock: LocalClock;
  readonly #queues = new Map<string, Queue>();
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #listeners = new Set<(queue: string) => void>();
  #journal!: Journal;

  private constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** Opens the store kept under `dir`. */
  static async open(dir: string, clock: LocalClock): Promise<QueueStore> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const store = new QueueStore(clock);
    const replay = (entry: unknown) => store.#apply(entry as Entry);
    store.#journal = await Journal.open(join(dir, 'queues.jsonl'), replay, () => store.#snapshot());
    for (const queue of store.#queues.values()) store.#arm(queue);
    return store;
  }

  /** Calls back whenever messages of a queue appear, hide or go; returns a function that stops it. */
  onChange(listener: (queue: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  find(name: string): Queue | undefined {
    const queue = this.#queues.get(name);
    if (queue) this.#settle(queue);
    return queue;
  }

  list(): readonly Queue[] {
    for (const queue of this.#queues.values()) this.#settle(queue);
    return [...this.#queues.values()];
  }

  /** Creates a queue or changes the attributes and tags of one. */
  async put(name: string, attributes: QueueAttributes, tags: Readonly<Record<string, string>>): Promise<Queue> {
    const now = this.#clock.now();
    const createdAt = this.#queues.get(name)?.createdAt ?? now;
    await this.#record({ t: 'queue', name, attributes, tags, createdAt, modifiedAt: now }, true);
    return this.#queues.get(name)!;
  }

  async drop(name: string): Promise<void> {
    await this.#record({ t: 'unqueue', name }, true);
  }

  async purge(queue: Queue): Promise<void> {
    queue.purgedAt = this.#clock.now();
    await this.#record({ t: 'purge', q: queue.name }, true);
  }

  /** Adds messages; resolves once they are on the disk, and nobody can receive them before. */
  async send(queue: Queue, messages: readonly Message[]): Promise<void> {
    const entry: Entry = { t: 'send', q: queue.name, messages };
    await this.#journal.append(entry, true, () => this.#applied(entry));
  }

  /**
   * Hands out up to `max` visible messages and hides them. Those received too often go to the dead-letter queue.
   * @param visibility milliseconds
   */
  take(queue: Queue, max: number, visibility: number): readonly Message[] {
    this.#settle(queue);
    const now = this.#clock.now();
    const taken: Message[] = [];
    for (let message = queue.first(); message !== undefined && taken.length < max; message = queue.first()) {
      const grave = queue.isSpent(message) ? this.#deadLetterQueue(queue) : undefined;
      if (grave) {
        this.#bury(queue, grave, message);
        continue;
      }
      message.receives += 1;
      message.firstReceivedAt ??= now;
      taken.push({ ...message });
      // A visibility of nought still counts as one receipt, but must not be handed out twice in one answer.
      this.#hide(queue, message, now + Math.max(visibility, 1));
    }
    for (const { id } of taken) if (visibility <= 0) this.#hide(queue, queue.find(id)!, now);
    return taken;
  }

  #hide(queue: Queue, message: Message, until: number): void {
    this.#record({
      t: 'hide',
      q: queue.name,
      id: message.id,
      until,
      receives: message.receives,
      first: message.firstReceivedAt,
    });
  }

  /** Changes when a message comes back; `until` in epoch milliseconds. */
  hide(queue: Queue, message: Message, until: number): void {
    this.#hide(queue, message, until);
  }

  async delete(queue: Queue, ids: readonly string[]): Promise<void> {
    const present = ids.filter((id) => queue.find(id) !== undefined);
    if (present.length > 0) await this.#record({ t: 'delete', q: queue.name, ids: present });
  }

  /** Moves messages to another queue as new ones (dead-letter redrive), in one step. */
  async redrive(from: Queue, to: Queue, ids: readonly string[], renew: (message: Message) => Message): Promise<void> {
    const messages = ids.flatMap((id) => from.find(id) ?? []).map(renew);
    await this.#record({ t: 'move', from: from.name, to: to.name, messages, ids }, true);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await this.#journal.close();
  }

  #deadLetterQueue(queue: Queue): Queue | undefined {
    const target = redrivePolicy(queue.attributes)?.deadLetterTargetArn;
    return target === undefined ? undefined : this.#queues.get(target.slice(target.lastIndexOf(':') + 1));
  }

  /** The message keeps its id and time of sending, so that its retention goes on counting. */
  #bury(queue: Queue, grave: Queue, message: Message): void {
    const source = redrivePolicy(queue.attributes)!.deadLetterTargetArn.replace(/[^:]*$/, queue.name);
    const moved = { ...message, receives: 0, firstReceivedAt: undefined, visibleAt: 0, deadLetterSource: source };
    this.#record({ t: 'move', from: queue.name, to: grave.name, messages: [moved], ids: [message.id] });
  }

  /** Applies a change at once and writes it down; durable changes are waited for by their callers. */
  #record(entry: Entry, durable = false): Promise<void> {
    this.#applied(entry);
    const written = this.#journal.append(entry, durable);
    // Whoever waits still sees a full disk; a receipt that nobody waits for must not end the process.
    written.catch(() => {});
    return written;
  }

  #applied(entry: Entry): void {
    for (const name of this.#apply(entry)) {
      const queue = this.#queues.get(name);
      if (queue) this.#arm(queue);
      for (const listener of this.#listeners) listener(name);
    }
  }

  /** Changes the memory by one entry; returns the queues it touched. */
  #apply(entry: Entry): readonly string[] {
    const now = this.#clock.now();
    switch (entry.t) {
      case 'queue': {
        const queue =
          this.#queues.get(entry.name) ?? new Queue(entry.name, entry.attributes, entry.tags, entry.createdAt);
        Object.assign(queue, { attributes: entry.attributes, tags: entry.tags, modifiedAt: entry.modifiedAt });
        this.#queues.set(entry.name, queue);
        return [entry.name];
      }
      case 'unqueue':
        this.#queues.delete(entry.name);
        return [entry.name];
      case 'send':
        for (const message of entry.messages) this.#queues.get(entry.q)?.add({ ...message }, now);
        return [entry.q];
      case 'hide': {
        const queue = this.#queues.get(entry.q);
        const message = queue?.find(entry.id);
        if (message) Object.assign(message, { receives: entry.receives, firstReceivedAt: entry.first });
        if (queue && message) queue.hide(message, entry.until, now);
        return [entry.q];
      }
      case 'delete':
        for (const id of entry.ids) this.#queues.get(entry.q)?.remove(id);
        return [entry.q];
      case 'move':
        for (const id of entry.ids) this.#queues.get(entry.from)?.remove(id);
        for (const message of entry.messages) this.#queues.get(entry.to)?.add({ ...message }, now);
        return [entry.from, entry.to];
      case 'purge':
        this.#queues.get(entry.q)?.clear();
        return [entry.q];
    }
  }

  #snapshot(): readonly Entry[] {
    return [...this.#queues.values()].flatMap((queue): Entry[] => [
      {
        t: 'queue',
        name: queue.name,
        attributes: queue.attributes,
        tags: queue.tags,
        createdAt: queue.createdAt,
        modifiedAt: queue.modifiedAt,
      },
      ...queue.messages.map((message): Entry => ({ t: 'send', q: queue.name, messages: [message] })),
    ]);
  }

  #settle(queue: Queue): void {
    const expired = queue.settle(this.#clock.now());
    if (expired.length > 0) this.#record({ t: 'delete', q: queue.name, ids: expired.map((message) => message.id) });
  }

  /** Wakes up when the next hidden message of a queue comes back. */
  #arm(queue: Queue): void {
    const at = queue.nextVisibleAt();
    const armed = this.#timers.get(queue.name);
    if (armed?.at === at) return;
    armed?.cancel();
    this.#timers.delete(queue.name);
    if (at === undefined) return;
    const ring = () => {
      this.#timers.delete(queue.name);
      if (this.#queues.get(queue.name) !== queue) return;
      this.#settle(queue);
      this.#arm(queue);
      for (const listener of this.#listeners) listener(queue.name);
    };
    this.#timers.set(queue.name, { at, cancel: this.#clock.at(at, ring) });
  }
}

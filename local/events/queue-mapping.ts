import type { Activity } from '../activity.ts';
import type { Json } from '../assembly/template.ts';
import type { InvocationResult } from '../functions/invocation.ts';
import type { LogSink } from '../functions/log.ts';
import type { ReceivedMessage } from '../services/sqs/receiver.ts';
import type { SqsAdmin } from '../services/sqs/sqs.ts';
import { failuresOf } from './batch-response.ts';
import type { Pattern } from './pattern.ts';

export interface QueueMappingSettings {
  readonly id: string;
  readonly queue: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly maximumConcurrency: number | undefined;
  readonly reportsFailures: boolean;
  readonly filter: Pattern;
}

/** The function that messages go to. */
export interface QueueTarget {
  /** How many batches it can work on at once. */
  readonly concurrency: number;
  invoke(event: unknown, options: { readonly queue: boolean }): Promise<InvocationResult>;
}

export interface QueueMappingDeps {
  readonly sqs: Pick<SqsAdmin, 'receive' | 'delete' | 'depths' | 'onChange'>;
  readonly activity: Activity;
  readonly log: LogSink;
  readonly clock: { now(): number };
  readonly region: string;
}

function attributesOf(message: ReceivedMessage): Record<string, unknown> {
  const entries = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** A body that is JSON is filtered by its members, any other as text. */
function filterable(message: ReceivedMessage): Json {
  try {
    return { body: JSON.parse(message.Body) as Json };
  } catch {
    return { body: message.Body };
  }
}

/** Lambda's pollers for one queue: batches go to the function, what succeeded is deleted, the rest comes back. */
export class QueueMapping {
  readonly #settings: QueueMappingSettings;
  readonly #target: QueueTarget;
  readonly #deps: QueueMappingDeps;
  #running = 0;
  #unsubscribe: (() => void) | undefined;

  constructor(settings: QueueMappingSettings, target: QueueTarget, deps: QueueMappingDeps) {
    this.#settings = settings;
    this.#target = target;
    this.#deps = deps;
  }

  start(): void {
    this.#unsubscribe = this.#deps.sqs.onChange((queue) => {
      if (queue === this.#settings.queue) this.#poll();
    });
    this.#poll();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** Starts as many pollers as there are messages to take and room to run them. */
  #poll(): void {
    const { queue, batchSize, maximumConcurrency = Number.POSITIVE_INFINITY } = this.#settings;
    if (!this.#unsubscribe) return;
    const { visible } = this.#deps.sqs.depths(queue);
    const room = Math.min(maximumConcurrency, this.#target.concurrency);
    const wanted = Math.min(room, this.#running + Math.ceil(visible / batchSize));
    while (this.#running < wanted) void this.#consume();
  }

  async #consume(): Promise<void> {
    const end = this.#deps.activity.begin(`queue ${this.#settings.queue}`);
    this.#running += 1;
    const drained = await this.#drain();
    this.#running -= 1;
    // A message that came while this poller was already leaving found no room for another one.
    if (drained) this.#poll();
    end();
  }

  /** Works the queue until there is nothing to take; false when the queue could not be read. */
  async #drain(): Promise<boolean> {
    const { id, queue, batchSize } = this.#settings;
    try {
      // The batching window is an upper bound: whatever is there when a poller is free makes a batch.
      for (;;) {
        const batch = this.#unsubscribe ? await this.#deps.sqs.receive(queue, { max: batchSize, wait: 0 }) : [];
        if (batch.length === 0) return true;
        await this.#hand(batch);
      }
    } catch (error) {
      this.#deps.log({ at: this.#deps.clock.now(), source: id, text: `polling ${queue} failed: ${String(error)}` });
      return false;
    }
  }

  async #hand(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queue, reportsFailures, filter } = this.#settings;
    const wanted = batch.filter((message) => filter(filterable(message)));
    const ids = new Set(wanted.map((message) => message.MessageId));
    const dropped = batch.filter((message) => !ids.has(message.MessageId));
    let done = dropped;
    if (wanted.length > 0) {
      const result = await this.#target.invoke({ Records: wanted.map((one) => this.#record(one)) }, { queue: true });
      const failed = failuresOf(result, reportsFailures, ids);
      if (failed !== 'all') done = [...dropped, ...wanted.filter((message) => !failed.has(message.MessageId))];
    }
    // What failed stays hidden until its visibility timeout ends, then it is tried again or redriven.
    if (done.length > 0 && this.#unsubscribe)
      await this.#deps.sqs.delete(
        queue,
        done.map((message) => message.ReceiptHandle),
      );
  }

  #record(message: ReceivedMessage): unknown {
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: attributesOf(message),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: this.#settings.queueArn,
      awsRegion: this.#deps.region,
    };
  }
}

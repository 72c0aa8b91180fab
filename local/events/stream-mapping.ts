import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Activity } from '../activity.ts';
import type { Json } from '../assembly/template.ts';
import type { InvocationResult } from '../functions/invocation.ts';
import type { LogSink } from '../functions/log.ts';
import type { LocalClock } from '../gateway/service.ts';
import { failuresOf } from './batch-response.ts';
import type { Pattern } from './pattern.ts';
import type { StreamRecord, StreamSource } from './stream-source.ts';

export interface StreamMappingSettings {
  readonly id: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  /** -1: without end. */
  readonly maximumRetries: number;
  /** -1: without end. */
  readonly maximumAgeSeconds: number;
  readonly bisects: boolean;
  readonly reportsFailures: boolean;
  readonly filter: Pattern;
  /** File that keeps the position over a restart. */
  readonly positionFile: string;
}

export interface StreamMappingDeps {
  readonly source: StreamSource;
  readonly clock: LocalClock;
  readonly activity: Activity;
  readonly log: LogSink;
  /** Takes what was given up, where the mapping has an `OnFailure` destination. */
  readonly deadLetter: ((description: Json) => Promise<void>) | undefined;
}

/** The function that records go to. */
export interface StreamTarget {
  readonly definition: { readonly arn: string };
  invoke(event: unknown, options: { readonly queue: boolean }): Promise<InvocationResult>;
}

/** A run of records that is tried as a whole, and how often it was. */
interface Batch {
  readonly records: readonly StreamRecord[];
  readonly attempts: number;
}

const LONGEST_PAUSE_MS = 60_000;

/**
 * Lambda's poller for one table stream: records in order, a failing batch is retried (halved, where the template says
 * so) until its retries are used up, then described to the failure destination; only then does the stream go on.
 */
export class StreamMapping {
  readonly #settings: StreamMappingSettings;
  readonly #target: StreamTarget;
  readonly #deps: StreamMappingDeps;
  /** Everything before it is done. */
  #position: string | undefined;
  /** Behind the records that are being worked on. */
  #reached: string | undefined;
  #work: Batch[] = [];
  #pumping = false;
  #stopped = false;
  #poked = false;
  #cancelRetry: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(settings: StreamMappingSettings, target: StreamTarget, deps: StreamMappingDeps) {
    this.#settings = settings;
    this.#target = target;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#position = await this.#loadPosition();
    this.#unsubscribe = this.#deps.source.onChange(() => this.#poke());
    this.#poke();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#stopped = true;
    this.#cancelRetry?.();
  }

  #poke(): void {
    this.#poked = true;
    if (this.#pumping || this.#cancelRetry || this.#stopped) return;
    this.#pumping = true;
    const end = this.#deps.activity.begin(`stream ${this.#settings.id}`);
    void this.#pump().finally(() => {
      this.#pumping = false;
      // A call that came while the pump was already leaving would otherwise be lost.
      if (this.#poked) this.#poke();
      end();
    });
  }

  async #pump(): Promise<void> {
    while (!this.#stopped && !this.#cancelRetry) {
      let batch = this.#work.shift();
      try {
        batch ??= await this.#next();
        if (!batch) return;
        await this.#process(batch);
        if (this.#work.length === 0 && !this.#stopped) await this.#savePosition(this.#reached);
      } catch (error) {
        this.#say(`reading the stream failed: ${String(error)}`);
        this.#pause(batch, (batch?.attempts ?? 0) + 1);
      }
    }
  }

  async #next(): Promise<Batch | undefined> {
    do {
      this.#poked = false;
      const { records, position } = await this.#deps.source.poll(this.#position, this.#settings.batchSize);
      this.#reached = position;
      const passed = records.filter((record) => this.#settings.filter(record as unknown as Json));
      if (passed.length > 0) return { records: passed, attempts: 0 };
      if (records.length > 0) await this.#savePosition(position);
      // Records may have come while the end was being read.
      else if (!this.#poked) return undefined;
    } while (!this.#stopped);
    return undefined;
  }

  async #process(batch: Batch): Promise<void> {
    const ids = new Set(batch.records.map((record) => record.dynamodb.SequenceNumber));
    const result = await this.#target.invoke({ Records: batch.records }, { queue: true });
    if (this.#stopped) return;
    const failed = failuresOf(result, this.#settings.reportsFailures, ids);
    // The first failed record is the checkpoint: everything from it on is tried again.
    const from = failed === 'all' ? 0 : batch.records.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
    if (from < 0) return;
    const rest = { records: batch.records.slice(from), attempts: batch.attempts + 1 };
    await this.#retry(rest, result, failed === 'all');
  }

  async #retry(batch: Batch, result: InvocationResult, whole: boolean): Promise<void> {
    const { records, attempts } = batch;
    const condition = this.#exhausted(batch);
    const half = Math.ceil(records.length / 2);
    if (this.#settings.bisects && whole && records.length > 1) {
      // Halving does not count against the retries.
      const halves = [records.slice(0, half), records.slice(half)];
      this.#work.unshift(...halves.map((part) => ({ records: part, attempts: attempts - 1 })));
      this.#pause(undefined, attempts);
    } else if (condition) {
      await this.#giveUp(batch, result, condition);
    } else this.#pause(batch, attempts);
  }

  #exhausted({ records, attempts }: Batch): string | undefined {
    const { maximumRetries, maximumAgeSeconds } = this.#settings;
    if (maximumRetries >= 0 && attempts > maximumRetries) return 'RetryAttemptsExhausted';
    const oldest = records[0]?.dynamodb.ApproximateCreationDateTime ?? 0;
    const age = this.#deps.clock.now() / 1000 - oldest;
    return maximumAgeSeconds >= 0 && age > maximumAgeSeconds ? 'RecordAgeExceeded' : undefined;
  }

  /** Waits before the next try: a second, then twice as long each time. */
  #pause(batch: Batch | undefined, attempts: number): void {
    if (batch) this.#work.unshift(batch);
    const wait = Math.min(1000 * 2 ** Math.max(attempts - 1, 0), LONGEST_PAUSE_MS);
    this.#cancelRetry = this.#deps.clock.at(this.#deps.clock.now() + wait, () => {
      this.#cancelRetry = undefined;
      this.#poke();
    });
  }

  async #giveUp({ records, attempts }: Batch, result: InvocationResult, condition: string): Promise<void> {
    const first = records[0] as StreamRecord;
    const last = records.at(-1) as StreamRecord;
    this.#say(`${records.length} records given up (${condition})`);
    const iso = (record: StreamRecord) => new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
    await this.#deps.deadLetter?.({
      requestContext: {
        requestId: result.requestId,
        functionArn: this.#target.definition.arn,
        condition,
        approximateInvokeCount: attempts,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: result.ok ? null : 'Unhandled' },
      version: '1.0',
      timestamp: new Date(this.#deps.clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'shardId-laptop',
        startSequenceNumber: first.dynamodb.SequenceNumber,
        endSequenceNumber: last.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: iso(first),
        approximateArrivalOfLastRecord: iso(last),
        batchSize: records.length,
        streamArn: this.#deps.source.streamArn,
      },
    });
  }

  async #loadPosition(): Promise<string | undefined> {
    const saved = await readFile(this.#settings.positionFile, 'utf8').catch(() => undefined);
    if (saved !== undefined) return saved || undefined;
    const position = this.#settings.startingPosition === 'LATEST' ? await this.#deps.source.latest() : undefined;
    await this.#savePosition(position);
    return position;
  }

  /** Written aside and moved, so that a crash leaves the old position or the new one. */
  async #savePosition(position: string | undefined): Promise<void> {
    const { positionFile } = this.#settings;
    this.#position = position;
    await mkdir(dirname(positionFile), { recursive: true });
    await writeFile(`${positionFile}.new`, position ?? '');
    await rename(`${positionFile}.new`, positionFile);
  }

  #say(text: string): void {
    this.#deps.log({ at: this.#deps.clock.now(), source: this.#settings.id, text });
  }
}

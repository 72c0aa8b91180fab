import { createHash } from 'node:crypto';
import { type Input, isRecord, ServiceFault } from '../json-protocol.ts';
import type { ExpiredItems } from './expired-items.ts';
import { itemIdentity } from './item-keys.ts';
import type { TableCatalog, TableFacts } from './table-catalog.ts';
import { STREAMS, type Upstream } from './upstream.ts';
import type { WriteWatch } from './write-watch.ts';

/** A change of an item, as a Lambda function receives it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
  readonly dynamodb: {
    readonly Keys: Input;
    readonly NewImage?: Input;
    readonly OldImage?: Input;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
    readonly ApproximateCreationDateTime: number;
  };
}

/** Records in order, and the position behind the last of them: hand it in again to go on from there. */
export interface StreamBatch {
  readonly records: readonly StreamRecord[];
  readonly position: string;
}

/** Reads one table's stream from a position that the caller keeps. */
export interface StreamReader {
  /** ARN of the stream, for `eventSourceARN` and event-source mappings. */
  readonly streamArn: string;
  /** Up to `limit` records after `position` (from the beginning where it is missing); none when there is nothing new. */
  poll(position: string | undefined, limit: number): Promise<StreamBatch>;
  /** Like `poll`, but waits for a first record; resolves with none only when aborted or closed. */
  next(position: string | undefined, limit: number, signal?: AbortSignal): Promise<StreamBatch>;
  /** The position behind everything written so far, for mappings that start at `LATEST`. */
  latest(): Promise<string>;
  /** True when the last reading found nothing and no write has passed or begun since. */
  idle(): boolean;
}

export interface StreamDeps {
  readonly upstream: Upstream;
  readonly catalog: TableCatalog;
  readonly writes: WriteWatch;
  readonly expired: ExpiredItems;
  readonly region: string;
  /** The stream's ARN as the laptop shows it. */
  showArn(arn: string): string;
  /** How often to look without a write having passed, where others can write too; `undefined` never. Milliseconds. */
  readonly pollInterval: number | undefined;
  readonly closed: AbortSignal;
}

/** A place in a stream: a shard, and the sequence number of the last record read from it. */
interface Place {
  readonly shard: string;
  readonly after: string | undefined;
}

/**
 * Opens a reader on a table's stream.
 * @throws ServiceFault `ResourceNotFoundException` when the table has no stream
 */
export async function openStreamReader(deps: StreamDeps, table: string): Promise<StreamReader> {
  const facts = await deps.catalog.find(table);
  if (facts?.streamArn === undefined) throw new ServiceFault('ResourceNotFoundException', `${table} has no stream`);
  return new TableStreamReader(deps, facts, facts.streamArn);
}

class TableStreamReader implements StreamReader {
  readonly streamArn: string;
  readonly #deps: StreamDeps;
  readonly #facts: TableFacts;
  readonly #stream: string;
  /** Where the last reading ended, with the iterator to go on with. */
  #resume: { readonly position: string; readonly iterator: string } | undefined;
  /** The version of the table's writes at which there was nothing left to read. */
  #drainedAt: number | undefined;

  constructor(deps: StreamDeps, facts: TableFacts, stream: string) {
    this.#deps = deps;
    this.#facts = facts;
    this.#stream = stream;
    this.streamArn = deps.showArn(stream);
  }

  idle(): boolean {
    const { writes } = this.#deps;
    return !writes.busy(this.#facts.name) && this.#drainedAt === writes.version(this.#facts.name);
  }

  async next(position: string | undefined, limit: number, signal?: AbortSignal): Promise<StreamBatch> {
    const ended = () => signal?.aborted === true || this.#deps.closed.aborted;
    for (let from = position; ; ) {
      const seen = this.#deps.writes.version(this.#facts.name);
      const batch = await this.poll(from, limit);
      if (batch.records.length > 0 || ended()) return batch;
      from = batch.position;
      await this.#written(seen, signal);
      if (ended()) return batch;
    }
  }

  async poll(position: string | undefined, limit: number): Promise<StreamBatch> {
    const seen = this.#deps.writes.version(this.#facts.name);
    const place = await this.#placeOf(position);
    const from = writePosition(this.#stream, place);
    const iterator = this.#resume?.position === from ? this.#resume.iterator : await this.#iterator(place);
    const output = await this.#call('GetRecords', { ShardIterator: iterator, Limit: Math.min(limit, 1000) });
    const raw = (Array.isArray(output['Records']) ? output['Records'] : []).filter(isRecord);
    const after = raw.length > 0 ? sequenceOf(raw.at(-1)!) : place.after;
    const nextIterator = output['NextShardIterator'];
    const next =
      typeof nextIterator === 'string'
        ? { shard: place.shard, after }
        : await this.#shardAfter({ shard: place.shard, after });
    const reached = writePosition(this.#stream, next);
    this.#resume = typeof nextIterator === 'string' ? { position: reached, iterator: nextIterator } : undefined;
    if (raw.length === 0 && next.shard === place.shard) this.#drainedAt = seen;
    return { records: raw.map((record) => this.#show(record)), position: reached };
  }

  async latest(): Promise<string> {
    let batch = await this.poll(undefined, 1000);
    while (batch.records.length > 0) batch = await this.poll(batch.position, 1000);
    return batch.position;
  }

  /** The place that a position means; the beginning when it is missing or of an earlier stream of the table. */
  async #placeOf(position: string | undefined): Promise<Place> {
    const [stream, shard, after] = position?.split('|') ?? [];
    if (stream === this.#stream && shard) return { shard, after: after || undefined };
    const [first] = await this.#shards();
    return { shard: first ?? '', after: undefined };
  }

  async #shards(): Promise<readonly string[]> {
    const { StreamDescription: description } = await this.#call('DescribeStream', { StreamArn: this.#stream });
    const shards = isRecord(description) && Array.isArray(description['Shards']) ? description['Shards'] : [];
    return shards.filter(isRecord).map((shard) => String(shard['ShardId']));
  }

  /** A closed shard is followed by the next of the list, once there is one. */
  async #shardAfter(place: Place): Promise<Place> {
    const shards = await this.#shards();
    const next = shards[shards.indexOf(place.shard) + 1];
    return next === undefined ? place : { shard: next, after: undefined };
  }

  async #iterator({ shard, after }: Place): Promise<string> {
    const from =
      after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const output = await this.#call('GetShardIterator', { StreamArn: this.#stream, ShardId: shard, ...from });
    return String(output['ShardIterator']);
  }

  async #call(operation: string, input: Input): Promise<Record<string, unknown>> {
    return await this.#deps.upstream.call(operation, input, STREAMS);
  }

  /** Waits until the table has been written to since `seen`. */
  #written(seen: number, signal: AbortSignal | undefined): Promise<void> {
    const { writes, closed, pollInterval } = this.#deps;
    const { name } = this.#facts;
    return new Promise((resolve) => {
      const done = () => {
        stop();
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        closed.removeEventListener('abort', done);
        resolve();
      };
      const stop = writes.onWrite((table) => table === name && done());
      const timer = pollInterval === undefined ? undefined : setTimeout(done, pollInterval);
      signal?.addEventListener('abort', done);
      closed.addEventListener('abort', done);
      if (writes.version(name) !== seen || signal?.aborted || closed.aborted) done();
    });
  }

  /** The record in AWS's own form: its ARN and region, ids and sequence numbers as long as AWS's. */
  #show(raw: Input): StreamRecord {
    const change = isRecord(raw['dynamodb']) ? raw['dynamodb'] : {};
    const keys = isRecord(change['Keys']) ? change['Keys'] : {};
    const sequence = sequenceOf(raw);
    const byExpiry =
      raw['eventName'] === 'REMOVE' &&
      this.#deps.expired.claim(this.#facts.name, itemIdentity(this.#facts.name, this.#facts.keys, keys));
    return {
      eventID: createHash('md5').update(`${this.#stream} ${sequence}`).digest('hex'),
      eventName: raw['eventName'] as StreamRecord['eventName'],
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#deps.region,
      eventSourceARN: this.streamArn,
      ...(byExpiry
        ? { userIdentity: { type: 'Service' as const, principalId: 'dynamodb.amazonaws.com' as const } }
        : {}),
      dynamodb: {
        ...(change as unknown as StreamRecord['dynamodb']),
        SequenceNumber: sequence.padStart(20, '0').padStart(21, '1'),
      },
    };
  }
}

function sequenceOf(record: Input): string {
  return isRecord(record['dynamodb']) ? String(record['dynamodb']['SequenceNumber']) : '';
}

function writePosition(stream: string, place: Place): string {
  return `${stream}|${place.shard}|${place.after ?? ''}`;
}

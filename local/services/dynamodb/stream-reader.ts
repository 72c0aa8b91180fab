import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Input, isRecord, ServiceFault } from '../json-protocol.ts';
import type { ExpiredItems } from './expired-items.ts';
import { itemIdentity } from './item-keys.ts';
import type { TableCatalog, TableFacts } from './table-catalog.ts';
import { STREAMS, type Upstream } from './upstream.ts';

/** A change of an item, as a Lambda function receives it. */
interface StreamRecord {
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
interface StreamBatch {
  readonly records: readonly StreamRecord[];
  readonly position: string;
}

/** Reads one table's stream from a position that the caller keeps. */
export interface StreamReader {
  /** ARN of the stream, for `eventSourceARN` and event-source mappings. */
  readonly streamArn: string;
  /** Up to `limit` records after `position` (from the beginning where it is missing); none when there is nothing new. */
  poll(position: string | undefined, limit: number): Promise<StreamBatch>;
  /** The position behind everything written so far, for mappings that start at `LATEST`. */
  latest(): Promise<string>;
}

export interface StreamDeps {
  readonly upstream: Upstream;
  readonly catalog: TableCatalog;
  readonly expired: ExpiredItems;
  readonly region: string;
  /** The stream's ARN as the laptop shows it. */
  showArn(arn: string): string;
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

  constructor(deps: StreamDeps, facts: TableFacts, stream: string) {
    this.#deps = deps;
    this.#facts = facts;
    this.#stream = stream;
    this.streamArn = deps.showArn(stream);
  }

  async poll(position: string | undefined, limit: number): Promise<StreamBatch> {
    for (let from = position; ; ) {
      const { raw, position: reached } = await this.#read(from, limit);
      const records = raw.filter(isChange).map((record) => this.#show(record));
      if (records.length > 0 || raw.length === 0) return { records, position: reached };
      from = reached;
    }
  }

  async #read(
    position: string | undefined,
    limit: number,
  ): Promise<{ readonly raw: readonly Input[]; readonly position: string }> {
    const place = await this.#placeOf(position);
    const from = writePosition(this.#stream, place);
    const iterator = this.#resume?.position === from ? this.#resume.iterator : await this.#iterator(place);
    const output = await this.#call('GetRecords', { ShardIterator: iterator, Limit: Math.min(limit, 1000) });
    const raw = (Array.isArray(output.Records) ? output.Records : []).filter(isRecord);
    const reached = { shard: place.shard, after: raw.length > 0 ? sequenceOf(raw.at(-1)!) : place.after };
    const nextIterator = output.NextShardIterator;
    if (typeof nextIterator !== 'string')
      return { raw, position: writePosition(this.#stream, await this.#shardAfter(reached)) };
    this.#resume = { position: writePosition(this.#stream, reached), iterator: nextIterator };
    return { raw, position: this.#resume.position };
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
    const shards = isRecord(description) && Array.isArray(description.Shards) ? description.Shards : [];
    return shards.filter(isRecord).map((shard) => String(shard.ShardId));
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
    return String(output.ShardIterator);
  }

  async #call(operation: string, input: Input): Promise<Record<string, unknown>> {
    return await this.#deps.upstream.call(operation, input, STREAMS);
  }

  /** The record in AWS's own form: its ARN and region, ids and sequence numbers as long as AWS's. */
  #show(raw: Input): StreamRecord {
    const change = isRecord(raw.dynamodb) ? raw.dynamodb : {};
    const keys = isRecord(change.Keys) ? change.Keys : {};
    const sequence = sequenceOf(raw);
    const byExpiry =
      raw.eventName === 'REMOVE' &&
      this.#deps.expired.isByExpiry(this.#facts.name, itemIdentity(this.#facts.name, this.#facts.keys, keys), sequence);
    return {
      eventID: createHash('md5').update(`${this.#stream} ${sequence}`).digest('hex'),
      eventName: raw.eventName as StreamRecord['eventName'],
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

/** DynamoDB records no write that leaves an item as it was; the database on the laptop does. */
function isChange(record: Input): boolean {
  const change = isRecord(record.dynamodb) ? record.dynamodb : {};
  const { OldImage: before, NewImage: after } = change;
  return before === undefined || after === undefined || !isDeepStrictEqual(before, after);
}

function sequenceOf(record: Input): string {
  return isRecord(record.dynamodb) ? String(record.dynamodb.SequenceNumber) : '';
}

function writePosition(stream: string, place: Place): string {
  return `${stream}|${place.shard}|${place.after ?? ''}`;
}

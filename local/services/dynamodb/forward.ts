import { crc32 } from 'node:zlib';
import type { AwsRequest, AwsResponse } from '../../gateway/service.ts';
import { type Input, isRecord, type Operation } from '../json-protocol.ts';
import { asksForCapacity, type CapacityUse, capacityOf, isWrite, usesCapacity } from './capacity.ts';
import {
  batchItemsOf,
  type ItemRef,
  itemIdentity,
  tableNameOf,
  transactGetsOf,
  transactWritesOf,
} from './item-keys.ts';
import { joinIterator, splitIterator } from './permissions.ts';
import type { TableCatalog } from './table-catalog.ts';
import type { TransactionConflicts } from './transaction-conflicts.ts';
import { STREAMS, type Upstream } from './upstream.ts';
import type { WriteWatch } from './write-watch.ts';

export interface ForwardDeps {
  readonly upstream: Upstream;
  readonly catalog: TableCatalog;
  readonly writes: WriteWatch;
  readonly conflicts: TransactionConflicts | undefined;
  readonly onCapacity: ((use: CapacityUse) => void) | undefined;
  /** ARNs of the database in the laptop's account and region, and back. */
  showArns(text: string): string;
  hideArn(arn: string): string;
}

/** Passes a permitted request on to the database, and its answer back, in the account and region of the stage. */
export async function forward(deps: ForwardDeps, request: AwsRequest, operation: Operation): Promise<AwsResponse> {
  const { name, target, input } = operation;
  if (target === STREAMS || !usesCapacity(name)) return await forwardControl(deps, request, operation);
  const items = touchedItems(name, input);
  const release = await holdItems(deps, name, items);
  try {
    const counted = { ...plainNames(input), ...(asksForCapacity(input) ? {} : { ReturnConsumedCapacity: 'TOTAL' }) };
    const answer = await deps.upstream.send(target, name, counted);
    const text = answer.status === 200 ? meter(deps, request, operation, answer.text) : answer.text;
    return render(request.id, answer.status, text);
  } finally {
    release();
    // Also when the answer was lost: the write may have happened.
    if (isWrite(name)) deps.writes.written(new Set(items.map((item) => item.table)));
  }
}

/** Tables and streams: their ARNs are translated, and what is known of a changed table is forgotten. */
async function forwardControl(
  deps: ForwardDeps,
  request: AwsRequest,
  { name, target, input }: Operation,
): Promise<AwsResponse> {
  const inward: Record<string, unknown> = { ...plainNames(input) };
  for (const member of ['StreamArn', 'ExclusiveStartStreamArn', 'ResourceArn']) {
    if (typeof inward[member] === 'string') inward[member] = deps.hideArn(inward[member]);
  }
  const given = typeof input.ShardIterator === 'string' ? splitIterator(input.ShardIterator) : undefined;
  if (given) inward.ShardIterator = given.iterator;
  const answer = await deps.upstream.send(target, name, inward);
  if (/^(Create|Update|Delete)Table$/.test(name)) deps.catalog.forget(tableNameOf(input.TableName));
  const stream = given?.streamArn ?? (typeof input.StreamArn === 'string' ? input.StreamArn : undefined);
  const text = stream === undefined ? answer.text : signIterators(answer.text, stream);
  return render(request.id, answer.status, deps.showArns(text));
}

function signIterators(text: string, stream: string): string {
  const output: unknown = JSON.parse(text);
  if (!isRecord(output)) return text;
  for (const member of ['ShardIterator', 'NextShardIterator']) {
    if (typeof output[member] === 'string') output[member] = joinIterator(stream, output[member]);
  }
  return JSON.stringify(output);
}

/** Counts the units of an answer, and takes them out again where the caller had not asked. */
function meter(deps: ForwardDeps, request: AwsRequest, { name, input }: Operation, text: string): string {
  const output: unknown = JSON.parse(text);
  if (!isRecord(output)) return text;
  deps.onCapacity?.({ requestId: request.id, operation: name, ...capacityOf(name, output) });
  if (asksForCapacity(input)) return text;
  const { ConsumedCapacity: _counted, ...rest } = output;
  return JSON.stringify(rest);
}

/** Tables may be named by ARN; the database wants names. */
function plainNames(input: Input): Input {
  const plain: Record<string, unknown> = { ...input };
  if (typeof plain.TableName === 'string') plain.TableName = tableNameOf(plain.TableName);
  if (isRecord(plain.RequestItems)) {
    plain.RequestItems = Object.fromEntries(
      Object.entries(plain.RequestItems).map(([name, items]) => [tableNameOf(name), items]),
    );
  }
  if (Array.isArray(plain.TransactItems)) plain.TransactItems = plain.TransactItems.map(plainMember);
  return plain;
}

function plainMember(member: unknown): unknown {
  if (!isRecord(member)) return member;
  return Object.fromEntries(
    Object.entries(member).map(([kind, part]) => [
      kind,
      isRecord(part) ? { ...part, TableName: tableNameOf(part.TableName) } : part,
    ]),
  );
}

function touchedItems(name: string, input: Input): readonly ItemRef[] {
  if (name === 'TransactWriteItems') return transactWritesOf(input);
  if (name === 'TransactGetItems') return transactGetsOf(input);
  if (name === 'BatchWriteItem') return batchItemsOf(input);
  const holder = input[name === 'PutItem' ? 'Item' : 'Key'];
  return isWrite(name) ? [{ table: tableNameOf(input.TableName), holder: isRecord(holder) ? holder : {} }] : [];
}

async function holdItems(
  { conflicts, catalog }: ForwardDeps,
  name: string,
  items: readonly ItemRef[],
): Promise<() => void> {
  const nothing = () => {};
  if (!conflicts || items.length === 0 || name === 'BatchWriteItem') return nothing;
  const facts = await Promise.all(items.map((item) => catalog.find(item.table)));
  const ids = items.flatMap((item, index) =>
    facts[index] ? [itemIdentity(item.table, facts[index].keys, item.holder)] : [],
  );
  // An unknown table is for the database to refuse.
  if (ids.length < items.length) return nothing;
  if (name === 'TransactWriteItems') return conflicts.beginTransaction(ids);
  if (name === 'TransactGetItems') {
    conflicts.checkTransactionalRead(ids);
    return nothing;
  }
  return conflicts.beginWrite(ids[0]!);
}

function render(requestId: string, status: number, text: string): AwsResponse {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': requestId,
    'x-amz-crc32': String(crc32(text)),
  };
  return { status, headers, body: text };
}

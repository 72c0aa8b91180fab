import { LocalError } from '../../errors.ts';
import type { AwsRequest, AwsService, LocalClock } from '../../gateway/service.ts';
import {
  DecodedCalls,
  decodeOperation,
  type Input,
  jsonError,
  type Operation,
  ServiceFault,
} from '../json-protocol.ts';
import type { CapacityUse } from './capacity.ts';
import { declareTable } from './declare-table.ts';
import { type DynamoProcess, startDynoxide } from './dynoxide-process.ts';
import { ExpiredItems } from './expired-items.ts';
import { type ForwardDeps, forward } from './forward.ts';
import { dynamoPermissions, tableArn } from './permissions.ts';
import { openStreamReader, type StreamReader } from './stream-reader.ts';
import { TableCatalog } from './table-catalog.ts';
import { TransactionConflicts } from './transaction-conflicts.ts';
import { connect, DYNAMODB, STREAMS } from './upstream.ts';
import { WriteWatch } from './write-watch.ts';

export interface DynamoDbOptions {
  /** Where the database keeps its file; made when it is missing. Unused with `endpoint`. */
  readonly dir: string;
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
  /** A DynamoDB of one's own that checks no signatures (what `AWS_ENDPOINT_URL_DYNAMODB` says) instead of dynoxide. */
  readonly endpoint?: string | undefined;
  /** Called for each call on items with the capacity it used. */
  readonly onCapacity?: ((use: CapacityUse) => void) | undefined;
  /** False leaves out the refusals of transactions that meet on an item. */
  readonly transactionConflicts?: boolean | undefined;
}

interface CreatedTable {
  readonly name: string;
  readonly arn: string;
  /** Of the stream, where the table has one. */
  readonly streamArn: string | undefined;
  /** Declared properties that have no effect on the laptop. */
  readonly notEmulated: readonly string[];
}

/** The side of DynamoDB that the runtime uses in-process. */
interface DynamoDbAdmin {
  /**
   * Makes (or brings up to date) the table of resolved `AWS::DynamoDB::Table` or `::GlobalTable` properties; `TableName`
   * must be there.
   * @throws LocalError
   */
  createTable(properties: Input): Promise<CreatedTable>;
  /** Removes items past their time to live now instead of at the next round; returns how many. */
  sweepExpired(): Promise<number>;
  /** Calls back after every write to a table; returns a function that stops it. */
  onWrite(listener: (table: string) => void): () => void;
}

/** DynamoDB on the laptop: dynoxide behind the gateway. */
export interface DynamoDb extends AwsService {
  readonly admin: DynamoDbAdmin;
  /** Opens a reader on a table's stream. */
  streamReader(table: string): Promise<StreamReader>;
  close(): Promise<void>;
}

/** PartiQL would have to be parsed to know what it needs to be allowed to do. */
const REFUSED = new Set(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction']);

/** Starts the database (or connects to one's own) and serves it. */
export async function createDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const database = options.endpoint === undefined ? await startDynoxide(options.dir) : external(options.endpoint);
  const upstream = connect(database.url, options.region);
  const catalog = new TableCatalog(upstream);
  const writes = new WriteWatch();
  const expired = new ExpiredItems({ upstream, catalog, writes, clock: options.clock });
  const arns = arnTranslation(options);
  const conflicts = options.transactionConflicts === false ? undefined : new TransactionConflicts();
  const deps: ForwardDeps = { upstream, catalog, writes, conflicts, onCapacity: options.onCapacity, ...arns };
  const calls = new DecodedCalls(decodeDynamoOperation);
  const streams = { upstream, catalog, expired, region: options.region, showArn: arns.showArns };
  return {
    name: 'dynamodb',
    signingNames: ['dynamodb'],
    streams: false,
    permissions: async (request) => await dynamoPermissions(calls.of(request), catalog, options),
    handle: async (request) => await answer(deps, calls, request),
    error: (code, message, status, requestId) => jsonError('1.0', requestId, { code, message, status }),
    admin: {
      createTable: async (properties) => {
        const { facts, declaration } = await declareTable(upstream, catalog, properties);
        if (declaration.ttlAttribute !== undefined) expired.watch(facts.name);
        const streamArn = facts.streamArn === undefined ? undefined : arns.showArns(facts.streamArn);
        return {
          name: facts.name,
          arn: tableArn(options, facts.name),
          streamArn,
          notEmulated: declaration.notEmulated,
        };
      },
      sweepExpired: async () => await expired.sweep(),
      onWrite: (listener) => writes.onWrite(listener),
    },
    streamReader: async (table) => await openStreamReader(streams, table),
    close: async () => {
      await expired.close();
      upstream.close();
      await database.stop();
    },
  };
}

function external(url: string): Pick<DynamoProcess, 'url' | 'stop'> {
  if (!URL.canParse(url)) throw new LocalError('StartFailed', `AWS_ENDPOINT_URL_DYNAMODB is no address: ${url}`);
  return { url, stop: async () => {} };
}

function decodeDynamoOperation(request: AwsRequest): Operation {
  const operation = decodeOperation(request);
  if (operation.target !== DYNAMODB && operation.target !== STREAMS) {
    throw new ServiceFault('UnknownOperationException', `The laptop's DynamoDB does not know ${operation.target}.`);
  }
  if (REFUSED.has(operation.name))
    throw new ServiceFault('ValidationException', 'PartiQL is not emulated on the laptop.');
  return operation;
}

async function answer(deps: ForwardDeps, calls: DecodedCalls<Operation>, request: AwsRequest) {
  try {
    return await forward(deps, request, calls.of(request));
  } catch (error) {
    if (error instanceof ServiceFault) return jsonError('1.0', request.id, error, 'com.amazonaws.dynamodb.v20120810');
    throw error;
  }
}

/** The database has a region and account of its own in its ARNs; callers see those of the stage. */
function arnTranslation({ region, accountId }: DynamoDbOptions) {
  const ours = `arn:aws:dynamodb:${region}:${accountId}:`;
  let theirs = 'arn:aws:dynamodb:dynoxide:000000000000:';
  return {
    showArns: (text: string) =>
      text.replace(/arn:aws:dynamodb:(?:dynoxide|ddblocal):000000000000:/g, (found) => {
        theirs = found;
        return ours;
      }),
    hideArn: (arn: string) => (arn.startsWith(ours) ? theirs + arn.slice(ours.length) : arn),
  };
}

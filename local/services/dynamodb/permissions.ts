import type { Permission } from '../../gateway/service.ts';
import { type Input, isRecord, type Operation, ServiceFault } from '../json-protocol.ts';
import {
  batchItemsOf,
  type ItemRef,
  type KeyNames,
  scalarText,
  tableNameOf,
  transactGetsOf,
  transactWritesOf,
} from './item-keys.ts';
import type { TableCatalog } from './table-catalog.ts';

/** The account and region that ARNs are made of. */
export interface DynamoPlace {
  readonly region: string;
  readonly accountId: string;
}

export function tableArn(place: DynamoPlace, table: string): string {
  return `arn:aws:dynamodb:${place.region}:${place.accountId}:table/${table}`;
}

const WITHOUT_RESOURCE = new Set(['ListTables', 'ListStreams', 'DescribeLimits', 'DescribeEndpoints']);
const ACTION_OF = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const;

/**
 * What a call must be allowed to do. A transaction needs the action of each of its members; a query needs its index; the
 * partition keys stand in `dynamodb:LeadingKeys`.
 */
export async function dynamoPermissions(
  operation: Operation,
  catalog: TableCatalog,
  place: DynamoPlace,
): Promise<readonly Permission[]> {
  const { name, input } = operation;
  if (WITHOUT_RESOURCE.has(name)) return [{ action: `dynamodb:${name}`, resource: '*' }];
  switch (name) {
    case 'TransactWriteItems':
      return await grouped(
        transactWritesOf(input).map((write) => ({ ...write, action: ACTION_OF[write.kind] })),
        catalog,
        place,
      );
    case 'TransactGetItems':
      return await grouped(
        transactGetsOf(input).map((get) => ({ ...get, action: 'GetItem' })),
        catalog,
        place,
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return await grouped(
        batchItemsOf(input).map((item) => ({ ...item, action: name })),
        catalog,
        place,
      );
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem': {
      const holder = input[name === 'PutItem' ? 'Item' : 'Key'];
      const item = { table: tableNameOf(input.TableName), holder: isRecord(holder) ? holder : {}, action: name };
      return await grouped([item], catalog, place);
    }
    case 'Query':
    case 'Scan':
      return [await readPermission(name, input, catalog, place)];
    default:
      return [{ action: `dynamodb:${name}`, resource: resourceOf(input, place) }];
  }
}

/** One permission for each action and table, with the partition keys of all its items. */
async function grouped(
  items: readonly (ItemRef & { readonly action: string })[],
  catalog: TableCatalog,
  place: DynamoPlace,
): Promise<readonly Permission[]> {
  const groups = Map.groupBy(items, (item) => `${item.action} ${item.table}`);
  return await Promise.all(
    [...groups.values()].map(async (group): Promise<Permission> => {
      const { action, table } = group[0]!;
      const facts = await catalog.find(table);
      const keys = facts ? group.flatMap((item) => scalarText(item.holder[facts.keys.hash]) ?? []) : [];
      return permission(action, tableArn(place, table), keys);
    }),
  );
}

async function readPermission(
  name: string,
  input: Input,
  catalog: TableCatalog,
  place: DynamoPlace,
): Promise<Permission> {
  const table = tableNameOf(input.TableName);
  const index = typeof input.IndexName === 'string' ? input.IndexName : undefined;
  const facts = await catalog.find(table);
  const keys = index === undefined ? facts?.keys : facts?.indexes[index];
  const resource = tableArn(place, table) + (index === undefined ? '' : `/index/${index}`);
  const leading = name === 'Query' && keys ? queriedPartition(input, keys) : undefined;
  return permission(name, resource, leading === undefined ? [] : [leading]);
}

function permission(action: string, resource: string, leadingKeys: readonly string[]): Permission {
  const context = leadingKeys.length === 0 ? undefined : { 'dynamodb:LeadingKeys': [...new Set(leadingKeys)] };
  return { action: `dynamodb:${action}`, resource, ...(context ? { context } : {}) };
}

/** The value that a key condition gives the partition key: `name = :value`, in either order. */
function queriedPartition(input: Input, keys: KeyNames): string | undefined {
  const expression = typeof input.KeyConditionExpression === 'string' ? input.KeyConditionExpression : '';
  const names = isRecord(input.ExpressionAttributeNames) ? input.ExpressionAttributeNames : {};
  const values = isRecord(input.ExpressionAttributeValues) ? input.ExpressionAttributeValues : {};
  for (const [, left = '', right = ''] of expression.matchAll(/([#:\w.-]+)\s*=\s*([#:\w.-]+)/g)) {
    const [name, value] = left.startsWith(':') ? [right, left] : [left, right];
    if ((names[name] ?? name) === keys.hash) return scalarText(values[value]);
  }
  return undefined;
}

/** A table by its name or ARN, a stream by its ARN or by the iterator that begins with it. */
function resourceOf(input: Input, place: DynamoPlace): string {
  const iterator = input.ShardIterator;
  if (typeof iterator === 'string') return splitIterator(iterator).streamArn;
  for (const member of ['StreamArn', 'ResourceArn']) {
    const arn = input[member];
    if (typeof arn === 'string') return arn;
  }
  return tableArn(place, tableNameOf(input.TableName));
}

/** Shard iterators carry their stream's ARN in front, as AWS's do, so that permission can be asked on it. */
export function joinIterator(streamArn: string, iterator: string): string {
  return `${streamArn}|1|${iterator}`;
}

/**
 * Takes an iterator apart.
 * @throws ServiceFault `ValidationException`
 */
export function splitIterator(iterator: string): { readonly streamArn: string; readonly iterator: string } {
  const [streamArn, version, ...rest] = iterator.split('|');
  if (version !== '1' || !streamArn) throw new ServiceFault('ValidationException', 'Invalid ShardIterator.');
  return { streamArn, iterator: rest.join('|') };
}

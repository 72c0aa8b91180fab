import { type Input, isRecord } from '../json-protocol.ts';

/** Names of a table's (or index's) key attributes. */
export interface KeyNames {
  readonly hash: string;
  readonly range: string | undefined;
}

/** One item that an operation touches; `holder` has the key attributes (a `Key` or a whole `Item`). */
export interface ItemRef {
  readonly table: string;
  readonly holder: Input;
}

/** The name of a table given by name or by ARN. */
export function tableNameOf(nameOrArn: unknown): string {
  const text = typeof nameOrArn === 'string' ? nameOrArn : '';
  return text.startsWith('arn:') ? (text.split(':table/')[1]?.split('/')[0] ?? text) : text;
}

/** Text that is equal for equal keys of one table. */
export function itemIdentity(table: string, names: KeyNames, holder: Input): string {
  const parts = [names.hash, names.range].map((name) => (name === undefined ? null : (holder[name] ?? null)));
  return JSON.stringify([table, ...parts]);
}

/** An attribute value's text as IAM's `dynamodb:LeadingKeys` compares it. */
export function scalarText(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const scalar = value.S ?? value.N ?? value.B;
  return typeof scalar === 'string' ? scalar : undefined;
}

const TRANSACT_WRITES = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;

/** One member of TransactWriteItems. */
export interface TransactWrite extends ItemRef {
  readonly kind: (typeof TRANSACT_WRITES)[number];
}

/** The members of TransactWriteItems, in order; malformed ones are left out (the database refuses them). */
export function transactWritesOf(input: Input): readonly TransactWrite[] {
  return structures(input.TransactItems).flatMap((member) =>
    TRANSACT_WRITES.flatMap((kind) => {
      const part = member[kind];
      if (!isRecord(part)) return [];
      const holder = part[kind === 'Put' ? 'Item' : 'Key'];
      return [{ kind, table: tableNameOf(part.TableName), holder: isRecord(holder) ? holder : {} }];
    }),
  );
}

/** The items that TransactGetItems reads. */
export function transactGetsOf(input: Input): readonly ItemRef[] {
  return structures(input.TransactItems).flatMap((member) => {
    const get = member.Get;
    if (!isRecord(get)) return [];
    return [{ table: tableNameOf(get.TableName), holder: isRecord(get.Key) ? get.Key : {} }];
  });
}

/** The items that BatchGetItem or BatchWriteItem names, by table. */
export function batchItemsOf(input: Input): readonly ItemRef[] {
  const tables = isRecord(input.RequestItems) ? Object.entries(input.RequestItems) : [];
  return tables.flatMap(([name, request]) => {
    const table = tableNameOf(name);
    if (isRecord(request)) return structures(request.Keys).map((holder) => ({ table, holder }));
    return structures(request).map((write) => {
      const put = isRecord(write.PutRequest) ? write.PutRequest.Item : undefined;
      const key = isRecord(write.DeleteRequest) ? write.DeleteRequest.Key : undefined;
      const holder = put ?? key;
      return { table, holder: isRecord(holder) ? holder : {} };
    });
  });
}

function structures(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

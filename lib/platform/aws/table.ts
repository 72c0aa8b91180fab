import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import { CommitConflict } from '../commit-conflict.ts';
import { ProblemError } from '../errors.ts';
import { fromStreamImage, type StreamAttribute } from './stream-image.ts';

/** Where an item lies: the table's key and, where it is to be found by them, the keys of the two indexes. */
export interface Keys {
  readonly pk: string;
  readonly sk: string;
  readonly gsi1pk?: string;
  readonly gsi1sk?: string;
  readonly gsi2pk?: string;
  readonly gsi2sk?: string;
  /** Epoch seconds after which DynamoDB may remove the item. */
  readonly ttl?: number;
}

/** A kind of item: its name, its schema (a zod type, unions included) and how its keys follow from its content. */
export interface Entity<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly keys: (item: T) => Keys;
}

/** One write of a transaction; opaque to everyone but the table. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A condition on the present item, in DynamoDB's expression language. `names` and `values` are merged into the call. */
export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; absent on the last page. */
  readonly cursor?: string;
}

export interface QueryOptions {
  readonly index?: 'gsi1' | 'gsi2';
  readonly pk: string;
  readonly skPrefix?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly cursor?: string | undefined;
  readonly consistent?: boolean;
}

export interface UpdateOptions {
  readonly values: Readonly<Record<string, unknown>>;
  readonly condition?: string;
}

export const NOT_THERE: Condition = { expression: 'attribute_not_exists(pk)' };

/** The one table. Stores use it; nothing else does. */
export class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Writes the whole item, replacing what lies there if `condition` holds. */
  put<T>(entity: Entity<T>, item: T, condition?: Condition): Write {
    return {
      Put: {
        TableName: this.#name,
        Item: { ...(item as object), ...entity.keys(item), entity: entity.name },
        ...clause(condition),
      },
    };
  }

  /**
   * All or nothing. A lone put goes as a single write.
   * @throws CommitConflict when a condition fails or another writer was first.
   */
  async commit(writes: readonly Write[]): Promise<void> {
    const only = writes.length === 1 ? writes[0]?.Put : undefined;
    try {
      if (only) await this.#client.send(new PutCommand(only));
      else await this.#client.send(new TransactWriteCommand({ TransactItems: [...writes] }));
    } catch (error) {
      throw asConflict(error) ?? error;
    }
  }

  /**
   * Sets attributes of one item in place, making the item when it is missing, and gives it back as it is then. For items
   * that no transaction writes.
   * @param assignments attribute → expression in DynamoDB's update language, e.g. `#freeAt + :turn`
   * @returns `undefined` when the condition does not hold
   */
  async update<T>(
    entity: Entity<T>,
    keys: Pick<Keys, 'pk' | 'sk'>,
    assignments: Readonly<Record<string, string>>,
    options: UpdateOptions,
  ): Promise<T | undefined> {
    const updated = await this.tryUpdate(entity, keys, assignments, options);
    return updated.ok ? updated.item : undefined;
  }

  /** The same; when the condition does not hold, the item as it is, so that nothing need be read for that. */
  async tryUpdate<T>(
    entity: Entity<T>,
    keys: Pick<Keys, 'pk' | 'sk'>,
    assignments: Readonly<Record<string, string>>,
    options: UpdateOptions,
  ): Promise<{ readonly ok: true; readonly item: T } | { readonly ok: false; readonly present: T | undefined }> {
    const sets = Object.entries({ ...assignments, entity: ':entity' });
    try {
      const { Attributes } = await this.#client.send(
        new UpdateCommand({
          TableName: this.#name,
          Key: { pk: keys.pk, sk: keys.sk },
          UpdateExpression: `SET ${sets.map(([name, value]) => `#${name} = ${value}`).join(', ')}`,
          ConditionExpression: options.condition,
          ExpressionAttributeNames: Object.fromEntries(sets.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: { ...options.values, ':entity': entity.name },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { ok: true, item: this.#read(entity, Attributes ?? {}) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return {
        ok: false,
        present:
          error.Item && this.#read(entity, fromStreamImage(error.Item as unknown as Record<string, StreamAttribute>)),
      };
    }
  }

  /** The item under the key, if it is of this kind: cases of different kinds have keys of one form. */
  async get<T>(entity: Entity<T>, keys: Pick<Keys, 'pk' | 'sk'>): Promise<T | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#name, Key: { pk: keys.pk, sk: keys.sk }, ConsistentRead: true }),
    );
    return Item?.entity === entity.name ? this.#read(entity, Item) : undefined;
  }

  /** Up to 100 items of one kind by key, in no order; those that are not there are left out. */
  async getAll<T>(entity: Entity<T>, keys: readonly Pick<Keys, 'pk' | 'sk'>[]): Promise<T[]> {
    if (keys.length === 0) return [];
    const found: T[] = [];
    let asked: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
    while (asked.length > 0) {
      const answer = await this.#client.send(
        new BatchGetCommand({ RequestItems: { [this.#name]: { Keys: asked, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[this.#name] ?? []) found.push(this.#read(entity, item));
      asked = answer.UnprocessedKeys?.[this.#name]?.Keys ?? [];
    }
    return found;
  }

  async query<T>(entity: Entity<T>, options: QueryOptions): Promise<Page<T>> {
    const pk = options.index ? `${options.index}pk` : 'pk';
    const sk = options.index ? `${options.index}sk` : 'sk';
    const prefix = options.skPrefix;
    const asked = this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        IndexName: options.index,
        KeyConditionExpression: prefix === undefined ? '#pk = :pk' : '#pk = :pk AND begins_with(#sk, :sk)',
        ExpressionAttributeNames: prefix === undefined ? { '#pk': pk } : { '#pk': pk, '#sk': sk },
        ExpressionAttributeValues: prefix === undefined ? { ':pk': options.pk } : { ':pk': options.pk, ':sk': prefix },
        ScanIndexForward: !options.descending,
        Limit: options.limit,
        ConsistentRead: options.consistent && !options.index,
        ExclusiveStartKey: decodeCursor(options.cursor, [...new Set([pk, sk, 'pk', 'sk'])], options.pk),
      }),
    );
    const answer = await asked.catch((error: unknown) => {
      // DynamoDB itself finds keys that no query of this kind can have made.
      if (options.cursor !== undefined && nameOf(error) === 'ValidationException') throw badCursor();
      throw error;
    });
    const items = (answer.Items ?? []).map((item) => this.#read(entity, item));
    const last = answer.LastEvaluatedKey;
    return last ? { items, cursor: encodeCursor(last) } : { items };
  }

  /** Every item of a query, page by page. */
  async *queryAll<T>(entity: Entity<T>, options: Omit<QueryOptions, 'cursor'>): AsyncGenerator<T> {
    let cursor: string | undefined;
    do {
      const page = await this.query(entity, { ...options, cursor });
      yield* page.items;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  #read<T>(entity: Entity<T>, item: Record<string, unknown>): T {
    return entity.schema.parse(item);
  }
}

function attributes(condition: Condition) {
  return {
    ...(condition.names ? { ExpressionAttributeNames: { ...condition.names } } : {}),
    ...(condition.values ? { ExpressionAttributeValues: { ...condition.values } } : {}),
  };
}

function clause(condition: Condition | undefined) {
  return condition ? { ConditionExpression: condition.expression, ...attributes(condition) } : {};
}

function asConflict(error: unknown): CommitConflict | undefined {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
    const failed = codes.flatMap((code, position) => (code === 'None' ? [] : [position]));
    const known = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);
    if (!codes.every((code) => known.has(code))) return undefined;
    return new CommitConflict(failed, !codes.includes('ConditionalCheckFailed'), error);
  }
  const name = nameOf(error);
  if (name === 'ConditionalCheckFailedException') return new CommitConflict([0], false, error);
  if (name === 'TransactionConflictException' || name === 'TransactionInProgressException')
    return new CommitConflict([0], true, error);
  return undefined;
}

function encodeCursor(key: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** What keys are made of, in the length that DynamoDB takes. */
const KEY_TEXT = /^[\x20-\x7e]{1,1024}$/;

/**
 * A cursor continues only the query that made it: it has just the attributes that such a query asks for, and its partition
 * is the one asked for.
 */
function decodeCursor(
  cursor: string | undefined,
  wanted: readonly string[],
  partition: string,
): Record<string, unknown> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Record<string, unknown>;
    const sound =
      key !== null &&
      typeof key === 'object' &&
      key[wanted[0] ?? ''] === partition &&
      Object.keys(key).length === wanted.length &&
      wanted.every((name) => typeof key[name] === 'string' && KEY_TEXT.test(key[name]));
    if (sound) return key;
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw badCursor();
}

function badCursor(): ProblemError {
  return new ProblemError('bad_cursor', { field: 'cursor' });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

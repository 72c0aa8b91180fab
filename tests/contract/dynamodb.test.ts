import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDb } from '../../local/services/dynamodb/dynamodb.ts';
import { declaration, type Item, key, N, operationsOn, partition, S } from './dynamodb-fixture.ts';
import { ACCOUNT, REGION, type ServedService, serve, thirdParty } from './gateway-fixture.ts';
import { stillClock } from './still-clock.ts';

const theirs = thirdParty('CONTRACT_DYNAMODB_ENDPOINT');
const table = `contract-${randomUUID()}`;
let dir: string;
let ours: DynamoDb | undefined;
let served: ServedService | undefined;
let dynamo: DynamoDBClient;

const { put, get, update, query, transact, putMember } = operationsOn(() => dynamo, table);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  if (theirs) {
    dynamo = new DynamoDBClient({ ...theirs, maxAttempts: 1 });
    await dynamo.send(new CreateTableCommand(declaration(table)));
    await waitUntilTableExists({ client: dynamo, maxWaitTime: 30 }, { TableName: table });
    return;
  }
  ours = await createDynamoDb({ dir, clock: stillClock(), region: REGION, accountId: ACCOUNT });
  await ours.admin.createTable(declaration(table));
  served = await serve(ours);
  dynamo = new DynamoDBClient({ ...served, maxAttempts: 1 });
});

afterAll(async () => {
  dynamo?.destroy();
  await served?.close();
  await ours?.close();
  await rm(dir, { recursive: true });
});

describe('items', () => {
  it('keep every type of attribute, numbers in their normal form', async () => {
    const pk = partition();
    const item: Item = {
      ...key(pk),
      text: S('Nguyễn Văn Ánh'),
      empty: S(''),
      number: N('-12345678901234567890.123456789012345678'),
      binary: { B: new Uint8Array([0, 1, 255]) },
      yes: { BOOL: true },
      nothing: { NULL: true },
      list: { L: [S('a'), N(1), { M: { deep: { L: [] } } }] },
      map: { M: {} },
    };
    await put({ ...item, plain: N('007.50'), strings: { SS: ['b', 'a'] }, numbers: { NS: ['1', '2.0'] } });
    const { strings, numbers, plain, ...rest } = (await get(pk))!;
    expect(rest).toEqual(item);
    expect(plain).toEqual(N('7.5'));
    expect(strings?.SS?.toSorted()).toEqual(['a', 'b']);
    expect(numbers?.NS?.toSorted()).toEqual(['1', '2']);
  });

  it.each([
    ['an empty key', { pk: S(''), sk: S('0') }],
    ['a missing key attribute', { pk: S('x') }],
    ['a key of another type', { pk: N(1), sk: S('0') }],
    ['an index key of another type', { ...key('x'), gsi1pk: N(1), gsi1sk: S('0') }],
    ['an empty index key', { ...key('x'), gsi1pk: S(''), gsi1sk: S('0') }],
    ['an empty set', { ...key('x'), set: { SS: [] } }],
    ['a set with a double', { ...key('x'), set: { SS: ['a', 'a'] } }],
    ['a number of 39 digits', { ...key('x'), n: N('1'.repeat(39)) }],
    ['more than 400 KB', { ...key('x'), long: S('x'.repeat(409_600)) }],
  ] as const)('are refused with %s', async (_what, item) => {
    await expect(put(item as unknown as Item)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('of an unknown table are not found', async () => {
    const missing = dynamo.send(new GetItemCommand({ TableName: 'no-such-table', Key: key('x') }));
    await expect(missing).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describe('conditions', () => {
  it('hold or name their failure, with the item that stood in the way', async () => {
    const pk = partition();
    await put({ ...key(pk), state: S('open') });
    const again = dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: key(pk),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    const error = await again.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect((error as ConditionalCheckFailedException).Item).toEqual({ ...key(pk), state: S('open') });
    const ExpressionAttributeValues = { ':open': S('open'), ':list': S('en') };
    const condition =
      '#s = :open AND begins_with(#s, :open) AND contains(#s, :list) AND size(#s) < :most AND NOT attribute_type(#s, :type) AND #s IN (:open, :list)';
    await update(pk, 'SET #s = :list', {
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':most': N(5), ':type': S('N') },
    });
    expect((await get(pk))?.state).toEqual(S('en'));
  });

  it('let one of many writers win', async () => {
    const pk = partition();
    const claim = () =>
      dynamo.send(
        new PutItemCommand({ TableName: table, Item: key(pk), ConditionExpression: 'attribute_not_exists(pk)' }),
      );
    const results = await Promise.allSettled(Array.from({ length: 12 }, claim));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('updates', () => {
  it('set, add, remove and delete, and show what the caller asks for', async () => {
    const pk = partition();
    await put({
      ...key(pk),
      count: N(1),
      tags: { SS: ['a', 'b'] },
      log: { L: [S('1')] },
      old: S('x'),
      map: { M: { a: N(1) } },
    });
    const { Attributes } = await update(
      pk,
      'SET #l = list_append(#l, :more), fresh = if_not_exists(fresh, :one), #m.b = :one, diff = #c - :one ADD #c :one REMOVE #o DELETE tags :gone',
      {
        ExpressionAttributeNames: { '#l': 'log', '#c': 'count', '#o': 'old', '#m': 'map' },
        ExpressionAttributeValues: { ':more': { L: [S('2')] }, ':one': N(1), ':gone': { SS: ['a'] } },
        ReturnValues: 'ALL_NEW',
      },
    );
    expect(Attributes).toEqual({
      ...key(pk),
      count: N(2),
      tags: { SS: ['b'] },
      log: { L: [S('1'), S('2')] },
      fresh: N(1),
      diff: N(0),
      map: { M: { a: N(1), b: N(1) } },
    });
    const changed = await update(pk, 'SET fresh = :two', {
      ExpressionAttributeValues: { ':two': N(2) },
      ReturnValues: 'UPDATED_OLD',
    });
    expect(changed.Attributes).toEqual({ fresh: N(1) });
  });

  it('count exactly under concurrency', async () => {
    const pk = partition();
    const results = await Promise.all(
      Array.from({ length: 50 }, () =>
        update(pk, 'ADD n :one', { ExpressionAttributeValues: { ':one': N(1) }, ReturnValues: 'UPDATED_NEW' }),
      ),
    );
    const seen = results.map((result) => Number(result.Attributes?.n?.N)).sort((a, b) => a - b);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it.each([
    ['an unused value', 'SET a = :a', { ExpressionAttributeValues: { ':a': S('1'), ':b': S('2') } }],
    [
      'an unused name',
      'SET a = :a',
      { ExpressionAttributeValues: { ':a': S('1') }, ExpressionAttributeNames: { '#x': 'x' } },
    ],
    ['a reserved word', 'SET name = :a', { ExpressionAttributeValues: { ':a': S('1') } }],
    ['a missing value', 'SET a = :a', {}],
    ['a key attribute', 'SET pk = :a', { ExpressionAttributeValues: { ':a': S('1') } }],
    ['overlapping paths', 'SET a = :a REMOVE a', { ExpressionAttributeValues: { ':a': S('1') } }],
    ['a path into nothing', 'SET nowhere.deep = :a', { ExpressionAttributeValues: { ':a': S('1') } }],
  ] as const)('are refused with %s', async (_what, expression, more) => {
    await expect(update(partition(), expression, more)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('queries', () => {
  const pk = partition();
  const owner = partition();

  beforeAll(async () => {
    const requests = Array.from({ length: 10 }, (_, index) => ({
      PutRequest: {
        Item: {
          ...key(pk, `e#${index}`),
          gsi1pk: S(owner),
          gsi1sk: S(String(9 - index)),
          even: { BOOL: index % 2 === 0 },
          shown: S('s'),
          hidden: S('h'),
          ...(index < 3 ? { gsi2pk: S(owner) } : {}),
        },
      },
    }));
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  });

  const byPartition = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': S(pk) } };
  const sortKeys = (items: Item[] | undefined) => items?.map((item) => item.sk?.S);

  it('page: the limit counts before the filter', async () => {
    const first = await query({
      ...byPartition,
      Limit: 4,
      FilterExpression: 'even = :yes',
      ExpressionAttributeValues: { ':pk': S(pk), ':yes': { BOOL: true } },
    });
    expect(first).toMatchObject({ Count: 2, ScannedCount: 4, LastEvaluatedKey: key(pk, 'e#3') });
    const rest = await query({ ...byPartition, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(sortKeys(rest.Items)).toEqual(['e#4', 'e#5', 'e#6', 'e#7', 'e#8', 'e#9']);
    expect(rest.LastEvaluatedKey).toBeUndefined();
  });

  it('go backwards and through ranges', async () => {
    const range = await query({
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :a AND :b',
      ExpressionAttributeValues: { ':pk': S(pk), ':a': S('e#2'), ':b': S('e#4') },
      ScanIndexForward: false,
    });
    expect(sortKeys(range.Items)).toEqual(['e#4', 'e#3', 'e#2']);
    const prefix = await query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :e)',
      ExpressionAttributeValues: { ':pk': S(pk), ':e': S('e#9') },
    });
    expect(sortKeys(prefix.Items)).toEqual(['e#9']);
  });

  it('read an index in its own order, page by page', async () => {
    const byOwner = {
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :o',
      ExpressionAttributeValues: { ':o': S(owner) },
      Limit: 6,
    };
    const first = await query(byOwner);
    expect(sortKeys(first.Items)).toEqual(['e#9', 'e#8', 'e#7', 'e#6', 'e#5', 'e#4']);
    expect(first.LastEvaluatedKey).toEqual({ ...key(pk, 'e#4'), gsi1pk: S(owner), gsi1sk: S('5') });
    const rest = await query({ ...byOwner, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(sortKeys(rest.Items)).toEqual(['e#3', 'e#2', 'e#1', 'e#0']);
  });

  it('see only what an index projects, and only items that are in it', async () => {
    const { Items } = await query({
      IndexName: 'gsi2',
      KeyConditionExpression: 'gsi2pk = :o',
      ExpressionAttributeValues: { ':o': S(owner) },
    });
    expect(Items).toHaveLength(3);
    expect(Object.keys(Items![0]!).sort()).toEqual(['gsi2pk', 'pk', 'shown', 'sk']);
    const strong = query({
      IndexName: 'gsi2',
      KeyConditionExpression: 'gsi2pk = :o',
      ExpressionAttributeValues: { ':o': S(owner) },
      ConsistentRead: true,
    });
    await expect(strong).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('project, count and stop at a megabyte', async () => {
    const { Items } = await query({ ...byPartition, ProjectionExpression: 'shown', Limit: 1 });
    expect(Items).toEqual([{ shown: S('s') }]);
    expect(await query({ ...byPartition, Select: 'COUNT' })).toMatchObject({ Count: 10 });
    const large = partition();
    for (let index = 0; index < 4; index += 1)
      await put({ ...key(large, String(index)), long: S('x'.repeat(350_000)) });
    const page = await query({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': S(large) } });
    expect(page.Items?.length).toBeLessThan(4);
    expect(page.LastEvaluatedKey).toBeDefined();
  });

  it('are refused on a filter over key attributes', async () => {
    const filtered = query({ ...byPartition, FilterExpression: 'sk = :pk' });
    await expect(filtered).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('batches', () => {
  it('read and write many items', async () => {
    const pk = partition();
    const requests = Array.from({ length: 25 }, (_, index) => ({ PutRequest: { Item: key(pk, String(index)) } }));
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
    const Keys = Array.from({ length: 26 }, (_, index) => key(pk, String(index)));
    const { Responses } = await dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } }));
    expect(Responses?.[table]).toHaveLength(25);
    const double = dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: [requests[0]!, requests[0]!] } }));
    await expect(double).rejects.toMatchObject({ name: 'ValidationException' });
    const tooMany = dynamo.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: [...requests, { PutRequest: { Item: key(pk, 'x') } }] } }),
    );
    await expect(tooMany).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('transactions', () => {
  const reasonsOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TransactionCanceledException);
    return (error as TransactionCanceledException).CancellationReasons;
  };

  it('write all or nothing, and say which condition failed', async () => {
    const pk = partition();
    await put({ ...key(pk, 'guard'), state: S('closed') });
    const guard = (expected: string): TransactWriteItem => ({
      ConditionCheck: {
        TableName: table,
        Key: key(pk, 'guard'),
        ConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': S(expected) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });
    const reasons = await reasonsOf(transact([putMember(key(pk, '1')), guard('open')]));
    expect(reasons).toMatchObject([{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { state: S('closed') } }]);
    expect(await get(pk, '1')).toBeUndefined();
    await transact([
      putMember(key(pk, '1')),
      guard('closed'),
      {
        Update: {
          TableName: table,
          Key: key(pk, '2'),
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': N(2) },
        },
      },
    ]);
    expect((await get(pk, '2'))?.n).toEqual(N(2));
    await transact([{ Delete: { TableName: table, Key: key(pk, '1'), ConditionExpression: 'attribute_exists(pk)' } }]);
    const read = await dynamo.send(
      new TransactGetItemsCommand({
        TransactItems: ['1', '2'].map((sk) => ({ Get: { TableName: table, Key: key(pk, sk) } })),
      }),
    );
    expect(read.Responses?.map((response) => response.Item?.sk?.S)).toEqual([undefined, '2']);
  });

  it('happen once for one request token', async () => {
    const pk = partition();
    const token = randomUUID();
    const add = (n: number): TransactWriteItem => ({
      Update: {
        TableName: table,
        Key: key(pk),
        UpdateExpression: 'ADD n :n',
        ExpressionAttributeValues: { ':n': N(n) },
      },
    });
    await transact([add(1)], token);
    await transact([add(1)], token);
    expect((await get(pk))?.n).toEqual(N(1));
    await expect(transact([add(2)], token)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it.each([
    ['the same item twice', () => [putMember(key('twice')), { Delete: { TableName: table, Key: key('twice') } }]],
    ['more than 100 items', () => Array.from({ length: 101 }, (_, index) => putMember(key('many', String(index))))],
  ] as const)('are refused with %s', async (_what, items) => {
    await expect(transact(items())).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('give gapless numbers to writers that try again', async () => {
    const pk = partition();
    await put({ ...key(pk, 'counter'), last: N(0) });
    const take = async (name: string): Promise<void> => {
      const last = Number((await get(pk, 'counter'))?.last?.N);
      const next: TransactWriteItem = {
        Update: {
          TableName: table,
          Key: key(pk, 'counter'),
          UpdateExpression: 'SET #l = :next',
          ConditionExpression: '#l = :last',
          ExpressionAttributeNames: { '#l': 'last' },
          ExpressionAttributeValues: { ':next': N(last + 1), ':last': N(last) },
        },
      };
      try {
        await transact([
          next,
          putMember({ ...key(pk, `n#${last + 1}`), who: S(name) }, { ConditionExpression: 'attribute_not_exists(pk)' }),
        ]);
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        await take(name);
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, index) => take(`w${index}`)));
    const { Items } = await query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :n)',
      ExpressionAttributeValues: { ':pk': S(pk), ':n': S('n#') },
    });
    expect(new Set(Items?.map((item) => item.who?.S)).size).toBe(10);
    expect((await get(pk, 'counter'))?.last).toEqual(N(10));
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CapacityUse } from '../../../local/services/dynamodb/capacity.ts';
import { createDynamoDb, type DynamoDb } from '../../../local/services/dynamodb/dynamodb.ts';
import { declaration, key, N, operationsOn, partition, S } from '../../contract/dynamodb-fixture.ts';
import { ACCOUNT, REGION, type ServedService, serve } from '../../contract/gateway-fixture.ts';
import { stillClock } from '../../contract/still-clock.ts';

// What the laptop adds to the database: permissions, capacity, streams as Lambda sees them, expiry, conflicts.
const table = 'laptop';
const clock = stillClock();
const capacity: CapacityUse[] = [];
let dir: string;
let ours: DynamoDb;
let served: ServedService;
let dynamo: DynamoDBClient;
const { put, get, update, query, transact, putMember } = operationsOn(() => dynamo, table);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  ours = await createDynamoDb({
    dir,
    clock,
    region: REGION,
    accountId: ACCOUNT,
    onCapacity: (use) => capacity.push(use),
  });
  await ours.admin.createTable({
    ...declaration(table),
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  served = await serve(ours);
  dynamo = new DynamoDBClient({ ...served, maxAttempts: 1 });
});

afterAll(async () => {
  dynamo?.destroy();
  await served?.close();
  await ours?.close();
  await rm(dir, { recursive: true });
});

it('refuses transactions that meet on an item, as in the cloud', async () => {
  const pk = partition();
  const add = (sk: string): TransactWriteItem => ({
    Update: {
      TableName: table,
      Key: key(pk, sk),
      UpdateExpression: 'ADD n :n',
      ExpressionAttributeValues: { ':n': N(1) },
    },
  });
  const calls = Array.from({ length: 20 }, (_, index) => transact([add(`own-${index}`), add('shared')]));
  const results = await Promise.allSettled(calls);
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const reason of refused) {
    expect(reason).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    });
  }
  expect(refused.length).toBeGreaterThan(0);
  expect((await get(pk, 'shared'))?.n).toEqual(N(20 - refused.length));
});

it('asks for permission on every table, index and partition touched', async () => {
  const pk = partition();
  const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}`;
  served.takePermissions();
  await transact([
    putMember(key(pk, '1')),
    {
      Update: {
        TableName: arn,
        Key: key(pk, '2'),
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': S('1') },
      },
    },
    { ConditionCheck: { TableName: table, Key: key('other'), ConditionExpression: 'attribute_not_exists(pk)' } },
  ]);
  expect(served.takePermissions()).toEqual([
    { action: 'dynamodb:PutItem', resource: arn, context: { 'dynamodb:LeadingKeys': [pk] } },
    { action: 'dynamodb:UpdateItem', resource: arn, context: { 'dynamodb:LeadingKeys': [pk] } },
    { action: 'dynamodb:ConditionCheckItem', resource: arn, context: { 'dynamodb:LeadingKeys': ['other'] } },
  ]);
  await query({
    IndexName: 'gsi1',
    KeyConditionExpression: '#k = :k AND gsi1sk > :s',
    ExpressionAttributeNames: { '#k': 'gsi1pk' },
    ExpressionAttributeValues: { ':k': S('me'), ':s': S('0') },
  });
  await dynamo.send(new ScanCommand({ TableName: table, Limit: 1 }));
  await dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key('a'), key('b')] } } }));
  expect(served.takePermissions()).toEqual([
    { action: 'dynamodb:Query', resource: `${arn}/index/gsi1`, context: { 'dynamodb:LeadingKeys': ['me'] } },
    { action: 'dynamodb:Scan', resource: arn },
    { action: 'dynamodb:BatchGetItem', resource: arn, context: { 'dynamodb:LeadingKeys': ['a', 'b'] } },
  ]);
});

it('counts capacity that the caller did not ask for, and shows what it asked for', async () => {
  const pk = partition();
  capacity.length = 0;
  await put({ ...key(pk), gsi1pk: S('x'), gsi1sk: S('y'), text: S('x'.repeat(1500)) });
  const silent = await dynamo.send(new GetItemCommand({ TableName: table, Key: key(pk) }));
  const told = await dynamo.send(
    new GetItemCommand({ TableName: table, Key: key(pk), ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' }),
  );
  await transact([putMember(key(pk, '2'))]);
  expect(silent.ConsumedCapacity).toBeUndefined();
  expect(told.ConsumedCapacity?.CapacityUnits).toBe(1);
  expect(capacity.map(({ operation, readUnits, writeUnits }) => [operation, readUnits, writeUnits])).toEqual([
    ['PutItem', 0, 4],
    ['GetItem', 0.5, 0],
    ['GetItem', 1, 0],
    ['TransactWriteItems', 0, 2],
  ]);
});

it('streams every change once, in order, from a position that can be kept', async () => {
  const pk = partition();
  const reader = await ours.streamReader(table);
  const start = await reader.latest();
  let woken = 0;
  const stop = ours.admin.onWrite((name) => {
    if (name === table) woken += 1;
  });
  await put({ ...key(pk), n: N(1) });
  await put({ ...key(pk), n: N(1) });
  await update(pk, 'SET n = :n', { ExpressionAttributeValues: { ':n': N(2) } });
  await transact([putMember(key(pk, '2')), { Delete: { TableName: table, Key: key(pk) } }]);
  stop();
  expect(woken).toBe(4);
  const first = await reader.poll(start, 2);
  const rest = await (await ours.streamReader(table)).poll(first.position, 100);
  const records = [...first.records, ...rest.records];
  // Writing what is there already is no change.
  expect(records.map((record) => [record.eventName, record.dynamodb.Keys.sk])).toEqual([
    ['INSERT', S('0')],
    ['MODIFY', S('0')],
    ['INSERT', S('2')],
    ['REMOVE', S('0')],
  ]);
  expect(records[1]?.dynamodb).toMatchObject({
    OldImage: { n: N(1) },
    NewImage: { n: N(2) },
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  });
  expect(records[0]).toMatchObject({
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    eventSourceARN: reader.streamArn,
  });
  expect(new Set(records.map((record) => record.eventID)).size).toBe(4);
  const sequence = records.map((record) => record.dynamodb.SequenceNumber);
  expect(sequence).toEqual(sequence.toSorted());
  expect((await reader.poll(rest.position, 100)).records).toEqual([]);
});

it('removes items past their time to live, and says so in the stream', async () => {
  const pk = partition();
  const seconds = Math.floor(clock.now() / 1000);
  await put({ ...key(pk, 'soon'), ttl: N(seconds + 60) });
  await put({ ...key(pk, 'later'), ttl: N(seconds + 7200) });
  await put({ ...key(pk, 'ancient'), ttl: N(seconds - 6 * 366 * 86_400) });
  await put({ ...key(pk, 'text'), ttl: S('1') });
  const reader = await ours.streamReader(table);
  const start = await reader.latest();
  await clock.pass(61_000);
  expect(await ours.admin.sweepExpired()).toBe(1);
  const { Items } = await query({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': S(pk) } });
  expect(Items?.map((item) => item.sk?.S)).toEqual(['ancient', 'later', 'text']);
  await dynamo.send(new DeleteItemCommand({ TableName: table, Key: key(pk, 'later') }));
  for (let reading = 0; reading < 2; reading += 1) {
    const { records } = await reader.poll(start, 10);
    expect(records).toMatchObject([
      {
        eventName: 'REMOVE',
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
        dynamodb: { Keys: key(pk, 'soon') },
      },
      { eventName: 'REMOVE', dynamodb: { Keys: key(pk, 'later') } },
    ]);
    expect(records[1]).not.toHaveProperty('userIdentity');
  }
});

it('shows tables in the account and region of the stage', async () => {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: table }));
  const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}`;
  expect(Table?.TableArn).toBe(arn);
  expect(Table?.LatestStreamArn?.startsWith(`${arn}/stream/`)).toBe(true);
  expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexArn).toSorted()).toEqual([
    `${arn}/index/gsi1`,
    `${arn}/index/gsi2`,
  ]);
});

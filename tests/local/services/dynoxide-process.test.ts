import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDynamoDb, type DynamoDb } from '../../../local/services/dynamodb/dynamodb.ts';
import { findDynoxide } from '../../../local/services/dynamodb/dynoxide-process.ts';
import { connect } from '../../../local/services/dynamodb/upstream.ts';
import { stillClock } from '../../contract/still-clock.ts';

const REGION = 'ap-southeast-1';
const clock = stillClock();
const TABLE = {
  TableName: 'kept',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dynoxide-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function life<T>(run: (db: DynamoDb) => Promise<T>): Promise<T> {
  const db = await createDynamoDb({ dir, clock, region: REGION, accountId: '000000000000' });
  try {
    return await run(db);
  } finally {
    await db.close();
  }
}

/** A database in a process of its own, which is then killed without a word. */
async function killedOwner(): Promise<string> {
  const module = fileURLToPath(new URL('../../../local/services/dynamodb/dynoxide-process.ts', import.meta.url));
  const script = `
    const { startDynoxide } = await import(${JSON.stringify(module)});
    process.stdout.write((await startDynoxide(${JSON.stringify(dir)})).url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = String(await new Promise((resolve) => child.stdout.once('data', resolve)));
  const upstream = connect(url, REGION);
  await upstream.call('CreateTable', {
    ...TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  await upstream.call('PutItem', { TableName: 'kept', Item: { pk: { S: 'a' } } });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  upstream.close();
  return url;
}

it('the database ends with its owner, however that dies, and keeps what it acknowledged', async () => {
  const url = await killedOwner();
  await expect
    .poll(
      async () =>
        await fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 5000 },
    )
    .toBe('gone');
  await life(async (db) => {
    await db.admin.createTable(TABLE);
    const { records } = await (await db.streamReader('kept')).poll(undefined, 10);
    expect(records.map((record) => record.dynamodb.Keys)).toEqual([{ pk: { S: 'a' } }]);
  });
});

it('a declared table is made once and follows its declaration', async () => {
  const first = await life(async (db) => await db.admin.createTable(TABLE));
  const index = {
    IndexName: 'byOwner',
    KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  };
  const grown = {
    ...TABLE,
    AttributeDefinitions: [...TABLE.AttributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [index],
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  };
  await life(async (db) => {
    expect(await db.admin.createTable(grown)).toEqual(first);
    // Once more, unchanged.
    expect(await db.admin.createTable(grown)).toEqual(first);
    const rekeyed = db.admin.createTable({ ...grown, KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }] });
    await expect(rekeyed).rejects.toMatchObject({ code: 'CreateFailed', message: expect.stringContaining('--fresh') });
  });
});

it('a global table is one table; what is unknown about a table stops the start', async () => {
  await life(async (db) => {
    const replica = {
      Region: REGION,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    };
    const created = await db.admin.createTable({
      ...TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [replica],
    });
    expect(created).toMatchObject({ name: 'kept', notEmulated: ['BillingMode', 'PointInTimeRecoverySpecification'] });
    const kinesis = db.admin.createTable({ ...TABLE, KinesisStreamSpecification: { StreamArn: 'arn' } });
    await expect(kinesis).rejects.toMatchObject({
      code: 'UnknownProperty',
      message: expect.stringContaining('KinesisStreamSpecification'),
    });
    const two = db.admin.createTable({ ...TABLE, Replicas: [replica, { Region: 'eu-west-1' }] });
    await expect(two).rejects.toMatchObject({ code: 'UnsupportedValue' });
  });
});

it("where no binary fits, the variable for a database of one's own is named", () => {
  expect(() => findDynoxide('sunos', 'sparc')).toThrow('AWS_ENDPOINT_URL_DYNAMODB');
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../local/clock.ts';
import { type Gateway, startGateway } from '../../local/gateway/gateway.ts';
import type { AwsService } from '../../local/gateway/service.ts';
import { createDynamoDb } from '../../local/services/dynamodb/dynamodb.ts';
import { createKms } from '../../local/services/kms/kms.ts';
import type { S3Event } from '../../local/services/s3/event.ts';
import { createS3 } from '../../local/services/s3/s3.ts';

const REGION = 'ap-southeast-1';
const ACCOUNT = '000000000000';
const KEY = { id: 'AKIAUNITTEST', secret: 'unit-test-secret' };

export const TABLE_NAME = 'ba-khong';
export const INTAKE_BUCKET = 'intake';
export const DOCUMENTS_BUCKET = 'documents';
export const IMAGES_BUCKET = 'images';
export const VERIFICATION_BUCKET = 'verification';

/** The AWS services that stores talk to, for tests of one capability without the whole stack. */
export interface Aws {
  /** What the arrivals of the intake bucket told, in order. */
  readonly arrivals: readonly S3Event[];
  /** Sees the calls, and says which answers are lost. Gives what ends it. */
  readonly observe: Gateway['observe'];
  /** Resolves when every arrival so far has been told. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts DynamoDB with the table, S3 with the buckets and KMS, everything allowed, and points the AWS environment of
 * this process at them.
 */
export async function startAws(): Promise<Aws> {
  const dir = await mkdtemp(join(tmpdir(), 'unit-aws-'));
  const clock = createClock({ now: () => Date.now() });
  const options = { clock, region: REGION, accountId: ACCOUNT };
  const dynamodb = await createDynamoDb({ ...options, dir: join(dir, 'dynamodb') });
  const s3 = await createS3({ ...options, dir: join(dir, 's3') });
  const kms = await createKms({ ...options, dir: join(dir, 'kms') });
  const arrivals: S3Event[] = [];
  await dynamodb.admin.createTable(tableProperties());
  await s3.admin.createBucket(INTAKE_BUCKET, {
    versioning: 'Enabled',
    notifications: async (event) => void arrivals.push(event),
  });
  await s3.admin.createBucket(DOCUMENTS_BUCKET, {
    versioning: 'Enabled',
    objectLock: { retention: { mode: 'GOVERNANCE', days: 1 } },
  });
  await s3.admin.createBucket(IMAGES_BUCKET, { versioning: 'Enabled' });
  await s3.admin.createBucket(VERIFICATION_BUCKET, {});
  const gateway = await startOpenGateway([dynamodb, s3, kms]);
  return {
    arrivals,
    observe: gateway.observe,
    settled: () => s3.admin.settle(),
    async close() {
      await gateway.close();
      for (const service of [dynamodb, s3, kms]) await service.close?.();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startOpenGateway(services: readonly AwsService[]): Promise<Gateway> {
  const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/unit`, roleId: undefined, functionId: undefined };
  const gateway = await startGateway({
    port: 0,
    services,
    credentials: { find: (id) => (id === KEY.id ? { secretAccessKey: KEY.secret, principal } : undefined) },
    authorize: () => ({ allowed: true }),
    clock: { now: () => Date.now() },
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEY.id,
    AWS_SECRET_ACCESS_KEY: KEY.secret,
  });
  return gateway;
}

function tableProperties() {
  const names = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];
  const keySchema = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
  return {
    TableName: TABLE_NAME,
    KeySchema: keySchema('pk', 'sk'),
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
      IndexName,
      KeySchema: keySchema(`${IndexName}pk`, `${IndexName}sk`),
      Projection: { ProjectionType: 'ALL' },
    })),
  };
}

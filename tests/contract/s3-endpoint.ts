import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, type CreateBucketCommandInput, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { TestContext } from 'vitest';
import { type Gateway, startGateway } from '../../local/gateway/gateway.ts';
import type { LocalClock } from '../../local/gateway/service.ts';
import { createS3 } from '../../local/services/s3/s3.ts';
import { KNOWN_DIFFERENCES } from './s3-differences.ts';

/** The S3 under test: ours, or the one that CONTRACT_S3_ENDPOINT, …_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY, …_REGION name. */
export interface S3Endpoint {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `laptop` for ours, else CONTRACT_S3_SERVER: the server's name, for cases it is known to differ in. */
  readonly server: string;
  client(config?: S3ClientConfig): S3Client;
  /** Creates a bucket with a name of its own. */
  bucket(input?: Omit<CreateBucketCommandInput, 'Bucket'>): Promise<string>;
  /** Skips, saying why, a case that the server is known to differ in. For `beforeEach`. */
  skipKnownDifference(context: TestContext): void;
  close(): Promise<void>;
}

export const systemClock: LocalClock = { now: () => Date.now(), at: () => () => {} };

let buckets = 0;

export async function openEndpoint(): Promise<S3Endpoint> {
  const { env } = process;
  const outside = env.CONTRACT_S3_ENDPOINT;
  const region = env.CONTRACT_S3_REGION ?? 'ap-southeast-1';
  const accessKeyId = env.CONTRACT_S3_ACCESS_KEY_ID ?? 'AKIDCONTRACT';
  const secretAccessKey = env.CONTRACT_S3_SECRET_ACCESS_KEY ?? 'contract-secret';
  const started = outside === undefined ? await startOurs(region, accessKeyId, secretAccessKey) : undefined;
  const url = outside ?? started?.gateway.url ?? '';
  const server = outside === undefined ? 'laptop' : (env.CONTRACT_S3_SERVER ?? 'aws');
  const clients: S3Client[] = [];
  const client = (config: S3ClientConfig = {}) => {
    const credentials = { accessKeyId, secretAccessKey };
    const made = new S3Client({ endpoint: url, region, forcePathStyle: true, maxAttempts: 1, credentials, ...config });
    clients.push(made);
    return made;
  };
  const root = client();
  return {
    url,
    region,
    accessKeyId,
    secretAccessKey,
    server,
    client,
    async bucket(input = {}) {
      buckets += 1;
      const Bucket = `contract-${process.pid}-${Date.now().toString(36)}-${buckets}`;
      await root.send(new CreateBucketCommand({ Bucket, ...input }));
      return Bucket;
    },
    skipKnownDifference(context) {
      const reason = KNOWN_DIFFERENCES[server]?.[context.task.name];
      if (reason !== undefined) context.skip(`${server}: ${reason}`);
    },
    async close() {
      for (const made of clients) made.destroy();
      await started?.close();
    },
  };
}

async function startOurs(
  region: string,
  accessKeyId: string,
  secretAccessKey: string,
): Promise<{ gateway: Gateway; close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 's3-contract-'));
  const s3 = await createS3({ dir, clock: systemClock, region, accountId: '000000000000' });
  const principal = { arn: 'arn:aws:iam::000000000000:user/contract', roleId: undefined, functionId: undefined };
  const gateway = await startGateway({
    port: 0,
    services: [s3],
    region,
    credentials: { find: (id) => (id === accessKeyId ? { secretAccessKey, principal } : undefined) },
    authorize: () => ({ allowed: true }),
    clock: systemClock,
  });
  return {
    gateway,
    async close() {
      await gateway.close();
      await s3.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What a rejected call said: `[code, status]`. */
export async function refusal(call: Promise<unknown>): Promise<readonly [string, number]> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return [name, $metadata?.httpStatusCode ?? 0];
  }
  throw new Error('the call succeeded');
}

/** Code of an XML error body. */
export function errorCode(xml: string): string {
  return /<Code>([^<]*)<\/Code>/.exec(xml)?.[1] ?? '';
}

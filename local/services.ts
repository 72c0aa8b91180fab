import { join } from 'node:path';
import type { Calls } from './calls.ts';
import type { StreamSource } from './events/stream-source.ts';
import type { LogSink } from './functions/log.ts';
import type { LocalClock } from './gateway/service.ts';
import type { Tables } from './resources/laptop.ts';
import { createDynamoDb, type DynamoDb } from './services/dynamodb/dynamodb.ts';
import { createKms, type Kms } from './services/kms/kms.ts';
import { createS3, type S3Service } from './services/s3/s3.ts';
import { createSqs, type Sqs } from './services/sqs/sqs.ts';

/** The services that every stack has. */
export interface Services {
  readonly s3: S3Service;
  readonly sqs: Sqs;
  readonly kms: Kms;
  readonly dynamodb: DynamoDb;
}

export interface ServiceOptions {
  readonly stateDir: string;
  readonly clock: LocalClock;
  readonly region: string;
  readonly account: string;
  readonly endpoint: () => string;
  readonly dynamoDbEndpoint: string | undefined;
  readonly calls: Calls;
  readonly log: LogSink;
}

/** Starts the services side by side; what has started is handed to `closing`, whatever becomes of the others. */
export async function startServices(options: ServiceOptions, closing: AsyncDisposableStack): Promise<Services> {
  const { stateDir, clock, region, account: accountId, log } = options;
  const place = (name: string) => ({ dir: join(stateDir, name), clock, region, accountId });
  const kept = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const service = await starting;
    closing.defer(() => service.close());
    return service;
  };
  const onEventError = (error: unknown) =>
    log({ at: clock.now(), source: 's3', text: `event not handed over: ${String(error)}` });
  const started = await Promise.allSettled([
    kept(createS3({ ...place('s3'), onEventError })),
    kept(createSqs({ ...place('sqs'), endpoint: options.endpoint })),
    kept(createKms(place('kms'))),
    kept(
      createDynamoDb({
        ...place('dynamodb'),
        endpoint: options.dynamoDbEndpoint,
        onCapacity: options.calls.onCapacity,
      }),
    ),
  ]);
  const [s3, sqs, kms, dynamodb] = started;
  if (
    s3.status === 'fulfilled' &&
    sqs.status === 'fulfilled' &&
    kms.status === 'fulfilled' &&
    dynamodb.status === 'fulfilled'
  ) {
    return { s3: s3.value, sqs: sqs.value, kms: kms.value, dynamodb: dynamodb.value };
  }
  throw started.find((result) => result.status === 'rejected')?.reason;
}

/** Tables and streams, as resources and event-source mappings use them. */
export function tablesOf(dynamodb: DynamoDb): Tables {
  return {
    createTable: (name, properties) => dynamodb.admin.createTable({ ...properties, TableName: name }),
    stream: async (table): Promise<StreamSource> => {
      const reader = await dynamodb.streamReader(table);
      return {
        streamArn: reader.streamArn,
        poll: (after, limit) => reader.poll(after, limit),
        latest: () => reader.latest(),
        onChange: (listener) => dynamodb.admin.onWrite((written) => written === table && listener()),
      };
    },
  };
}

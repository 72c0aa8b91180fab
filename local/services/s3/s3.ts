import { randomBytes } from 'node:crypto';
import type { AwsRequest, AwsResponse, AwsService, LocalClock, RequestHead } from '../../gateway/service.ts';
import { createAdmin, type S3Admin } from './admin.ts';
import { Announcer } from './announcer.ts';
import { listBuckets } from './bucket-operations.ts';
import { BucketRegistry } from './bucket-registry.ts';
import type { S3Context } from './context.ts';
import { crossOriginHeaders, preflight } from './cors.ts';
import { createBucket } from './create-bucket.ts';
import { HANDLERS } from './handlers.ts';
import { scheduleSweeps } from './lifecycle.ts';
import { identify } from './operation.ts';
import { permissionsOf } from './permissions.ts';
import { errorDocument, S3Error } from './s3-error.ts';

export type { S3Admin } from './admin.ts';

export interface S3Options {
  /** Folder of the buckets; everything in it is the service's own. */
  readonly dir: string;
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
  /** Mints names of versions, uploads and files; random where absent. */
  readonly newId?: () => string;
  /** Told when the receiver of an event fails. */
  readonly onEventError?: (error: unknown) => void;
}

export interface S3Service extends AwsService {
  readonly admin: S3Admin;
  /** Stops schedules and waits for events under way. */
  close(): Promise<void>;
}

/** S3 on a folder of the laptop. Buckets and objects of an earlier start are there again. */
export async function createS3(options: S3Options): Promise<S3Service> {
  const { clock, region, accountId } = options;
  const ids = { next: options.newId ?? (() => randomBytes(16).toString('hex')) };
  const context: S3Context = {
    clock,
    region,
    accountId,
    ids,
    buckets: await BucketRegistry.open(options.dir, ids),
    announcer: new Announcer({ region, accountId }, options.onEventError ?? (() => {})),
  };
  const stopSweeps = scheduleSweeps(context, clock);
  return {
    name: 's3',
    signingNames: ['s3'],
    streams: true,
    dialect: 's3',
    operation: (request) => identify(request).operation,
    permissions: async (request) => permissionsOf(context, request, identify(request)),
    handle: (request) => handle(context, request),
    error: (code, message, status, id) => errorDocument({ code, message, status }, id),
    preflight: (head) => preflight(bucketOf(context, head)?.settings.cors, head),
    crossOrigin: (head) => crossOriginHeaders(bucketOf(context, head)?.settings.cors, head),
    admin: createAdmin(context),
    async close() {
      stopSweeps();
      await context.announcer.settle();
    },
  };
}

async function handle(context: S3Context, request: AwsRequest): Promise<AwsResponse> {
  const target = identify(request);
  const owner = request.headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== context.accountId) throw new S3Error('AccessDenied');
  if (target.operation === 'ListBuckets') return listBuckets(context);
  if (target.operation === 'CreateBucket') return createBucket(context, request, target.bucket);
  const bucket = context.buckets.get(target.bucket);
  const response = await HANDLERS[target.operation]({ context, request, target, bucket, key: target.key });
  return { ...response, headers: { 'x-amz-request-id': request.id, ...response.headers } };
}

function bucketOf(context: S3Context, head: RequestHead) {
  const name = head.path.split('/')[1] ?? '';
  return context.buckets.find(name);
}

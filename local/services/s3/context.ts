import type { AwsRequest, AwsResponse, LocalClock } from '../../gateway/service.ts';
import type { Announcer } from './announcer.ts';
import type { Bucket, Ids } from './bucket.ts';
import type { BucketRegistry } from './bucket-registry.ts';
import type { Target } from './operation.ts';

/** What every operation of the service works with. */
export interface S3Context {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly region: string;
  readonly accountId: string;
  readonly ids: Ids;
  readonly buckets: BucketRegistry;
  readonly announcer: Announcer;
}

/** One request on a bucket that exists. */
export interface S3Call {
  readonly context: S3Context;
  readonly request: AwsRequest;
  readonly target: Target;
  readonly bucket: Bucket;
  readonly key: string;
}

export type S3Handler = (call: S3Call) => Promise<AwsResponse>;

import type { AwsRequest, AwsResponse } from '../../gateway/service.ts';
import type { BucketSettings } from './bucket-settings.ts';
import type { S3Context } from './context.ts';

/** CreateBucket. With Object Lock comes versioning, which can then not be switched off. */
export async function createBucket(context: S3Context, request: AwsRequest, name: string): Promise<AwsResponse> {
  const locked = request.headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true';
  const settings: BucketSettings = locked ? { versioning: 'Enabled', objectLock: {} } : {};
  await context.buckets.create(name, settings, context.clock.now());
  return { status: 200, headers: { location: `/${name}` } };
}

import type { BucketSettings } from './bucket-settings.ts';
import type { S3Context } from './context.ts';
import type { S3EventReceiver } from './event.ts';
import { sweepLifecycle } from './lifecycle.ts';

/** The side of the service that the runtime uses; it needs no signature. */
export interface S3Admin {
  /**
   * Creates a bucket, or gives one that exists already these settings. Versioning and Object Lock cannot be taken away.
   * `notifications` gets every event of the bucket (`ObjectCreated:*` at least once, even across a crash).
   */
  createBucket(name: string, settings: BucketSettings & { readonly notifications?: S3EventReceiver }): Promise<void>;
  buckets(): readonly string[];
  /** Carries out the lifecycle rules as of now (it also happens by itself at midnight UTC of the clock). */
  sweep(): Promise<void>;
  /** Resolves when every event so far has been handed over. */
  settle(): Promise<void>;
}

export function createAdmin(context: S3Context): S3Admin {
  return {
    async createBucket(name, { notifications, ...settings }) {
      const bucket = context.buckets.find(name) ?? (await context.buckets.create(name, settings, context.clock.now()));
      const lock = settings.objectLock ?? (bucket.settings.objectLock ? {} : undefined);
      const versioning = settings.versioning ?? (bucket.settings.versioning ? 'Suspended' : undefined);
      const kept = lock ? 'Enabled' : versioning;
      await bucket.configure({
        ...settings,
        ...(lock ? { objectLock: lock } : {}),
        ...(kept ? { versioning: kept } : {}),
      });
      if (notifications) context.announcer.listen(bucket, notifications);
    },
    buckets: () => context.buckets.all().map(({ name }) => name),
    sweep: () => sweepLifecycle(context),
    settle: () => context.announcer.settle(),
  };
}

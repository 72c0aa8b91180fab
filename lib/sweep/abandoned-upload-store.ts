import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EpochMs } from '../platform/clock.ts';
import { INTAKE_PREFIX } from '../platform/names.ts';

/**
 * Age at which what still lies in the intake bucket is abandoned: far beyond every retry of the intake worker, and before
 * the bucket's own rule (one day), which is the last resort.
 */
const ABANDONED_MS = 6 * 3_600_000;

/** The intake bucket as the sweep sees it. */
export class AbandonedUploadStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** Deletes every version and delete marker older than six hours, for good. @returns how many */
  async removeAbandoned(now: EpochMs): Promise<number> {
    let removed = 0;
    let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: INTAKE_PREFIX, ...from }),
      );
      for (const { Key, VersionId, LastModified } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
        if (!Key || !LastModified || now - LastModified.getTime() < ABANDONED_MS) continue;
        await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key, VersionId }));
        removed++;
      }
      if (!page.IsTruncated) return removed;
      from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }
}

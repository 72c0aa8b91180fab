import type { Encryption, Retention } from './version-record.ts';

export interface CorsRule {
  readonly id?: string;
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  /** Keys it applies to; empty for all. */
  readonly prefix: string;
  /** Days after which a current version expires. */
  readonly expirationDays?: number;
  /** Removes delete markers that are the last version of their key. */
  readonly expiredDeleteMarkers?: boolean;
  /** Days after which a version that is no longer current is removed. */
  readonly noncurrentDays?: number;
  /** Days after which an upload that was never completed is aborted. */
  readonly abortIncompleteDays?: number;
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export interface ObjectLock {
  /** Retention that every new version gets unless its writer says otherwise. */
  readonly retention?: { readonly mode: Retention['mode']; readonly days: number };
}

/** What a template (or the bucket operations of the API) say about a bucket. */
export interface BucketSettings {
  /** `undefined`: never switched on. */
  readonly versioning?: 'Enabled' | 'Suspended';
  readonly objectLock?: ObjectLock;
  readonly cors?: readonly CorsRule[];
  readonly lifecycle?: readonly LifecycleRule[];
  /** Default encryption; `AES256` where absent. */
  readonly encryption?: Encryption;
  readonly publicAccessBlock?: PublicAccessBlock;
}

/** Bucket names as S3 allows them (3 to 63 characters, no upper case, no address). */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--/.test(name);
}

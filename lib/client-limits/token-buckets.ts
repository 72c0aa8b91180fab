import type { EpochMs } from '../platform/clock.ts';
import type { BucketTerms, ClientAct } from './client-limit.ts';

export interface BucketKey {
  readonly act: ClientAct;
  /** See `clientMark`. */
  readonly mark: string;
}

/** Buckets of tokens, one a client and kind of act; shared by all instances of all functions. */
export interface TokenBuckets {
  /** The secret of the day of `at` (UTC) that clients are marked with: the same for everyone who asks. */
  secret(at: EpochMs): Promise<Uint8Array>;
  /** Takes a token, of which no two takers get the same. Without one left: when the bucket is full again. */
  take(
    key: BucketKey,
    terms: BucketTerms,
    at: EpochMs,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly fullAt: EpochMs }>;
}

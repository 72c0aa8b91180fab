import * as z from 'zod';
import type { EpochMs } from '../platform/clock.ts';

/** What callers without a sign-in do, each kind with a limit of its own. */
const CLIENT_ACTS = ['look-up', 'verification', 'upload'] as const;
export type ClientAct = (typeof CLIENT_ACTS)[number];

/** So much one client may do: `burst` at once, and `perMinute` in the long run. */
const clientLimit = z.object({ burst: z.number().int().min(1), perMinute: z.number().positive() });
export type ClientLimit = z.infer<typeof clientLimit>;

export const clientLimits = z.record(z.enum(CLIENT_ACTS), clientLimit);
export type ClientLimits = z.infer<typeof clientLimits>;

/**
 * A token bucket as one number, the instant at which it is full again, so that one conditional write takes a token (the
 * generic cell rate algorithm, ITU-T I.371 annex A, in its virtual scheduling form).
 */
export interface BucketTerms {
  /** Milliseconds in which one token comes back. */
  readonly interval: number;
  /** A bucket that is full again no later than this has a token left. */
  readonly latest: EpochMs;
}

export function bucketTerms({ burst, perMinute }: ClientLimit, at: EpochMs): BucketTerms {
  const interval = Math.ceil(60_000 / perMinute);
  return { interval, latest: at + interval * (burst - 1) };
}

/** Whole seconds until a bucket that is full again at `fullAt` has a token; at least one. */
export function secondsUntilToken({ latest }: BucketTerms, fullAt: EpochMs): number {
  return Math.max(1, Math.ceil((fullAt - latest) / 1000));
}

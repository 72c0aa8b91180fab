import { CommitConflict } from '../platform/commit-conflict.ts';
import { ProblemError } from '../platform/errors.ts';
import type { RequestLog } from './request-log.ts';
import type { KeptAnswer, RequestStamp } from './request-stamp.ts';

/** How often a request that only lost a race is tried again before its sender is told to. */
const ATTEMPTS = 12;

export interface OnceDeps {
  readonly requests: Pick<RequestLog, 'earlier'>;
  /** Waits before attempt `n` (1, 2, …), longer and more spread out each time. */
  readonly backOff: (attempt: number) => Promise<void>;
}

/**
 * Runs a change once per idempotency key: gives the earlier answer where there is one, and starts over from fresh reads
 * where another writer was first. `change` must put `requests.write(stamp, …)` into its one transaction.
 * @throws ProblemError `idempotency_key_reused`, `busy`, or what `change` throws.
 */
export async function once(
  deps: OnceDeps,
  stamp: RequestStamp,
  change: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const earlier = await deps.requests.earlier(stamp);
  if (earlier) return earlier;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof CommitConflict)) {
        // The same request may have come twice at once: then the other one's answer is ours, not "wrong state".
        const other = error instanceof ProblemError ? await deps.requests.earlier(stamp) : undefined;
        if (other) return other;
        throw error;
      }
      const other = await deps.requests.earlier(stamp);
      if (other) return other;
      await deps.backOff(attempt);
    }
  }
  throw new ProblemError('busy');
}

/** Exponential back-off with full jitter, 20 ms to 1 s. */
export const backOff = (random: () => number) => (attempt: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, random() * Math.min(1000, 20 * 2 ** attempt)));

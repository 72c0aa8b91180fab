import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { bucketTerms, type ClientAct, type ClientLimits, secondsUntilToken } from './client-limit.ts';
import { clientMark } from './client-mark.ts';
import type { TokenBuckets } from './token-buckets.ts';

export interface AdmitDeps {
  readonly buckets: TokenBuckets;
  readonly limits: ClientLimits;
}

/**
 * Takes a token for what a caller without a sign-in is about to do.
 * @param address of the caller, as the platform in front of the function asserts it
 * @throws ProblemError `too_many_requests`, with the seconds after which it is worth trying again
 */
export async function admitClient(deps: AdmitDeps, act: ClientAct, address: string, at: EpochMs): Promise<void> {
  const mark = clientMark(await deps.buckets.secret(at), act, address);
  const terms = bucketTerms(deps.limits[act], at);
  const taken = await deps.buckets.take({ act, mark }, terms, at);
  if (!taken.ok) throw new ProblemError('too_many_requests', { retryAfter: secondsUntilToken(terms, taken.fullAt) });
}

import { isProblem, ProblemError } from '../platform/errors.ts';
import { type AuthorityPort, type Patience, sendPatiently } from './authority-port.ts';
import type { PathRequest } from './certificate-path.ts';
import { DerError } from './der.ts';
import { encodeTimestampRequest } from './timestamp-request.ts';
import { readTimestampResponse } from './timestamp-token.ts';
import { verifyTimestampToken } from './verify-timestamp-token.ts';

/** A timestamp service (RFC 3161 §3.4, over HTTP). */
export interface TimestampAuthority {
  readonly url: string;
  /** The policy that is asked for and insisted on. */
  readonly policy?: string;
  /** Octets of the largest token it gives: what /Contents keeps room for. */
  readonly largestToken: number;
}

/** Timestamps of digests under SHA-256 (ETSI EN 319 422 §5.1.3: SHA-2). */
export interface TimestampPort {
  /** Octets of the largest token that can come. */
  readonly largestToken: number;
  /**
   * A verified timestamp token over a SHA-256 digest, DER.
   * @throws ProblemError `timestamp_unavailable`, `timestamp_invalid`
   */
  stamp(digest: Uint8Array): Promise<Uint8Array>;
}

export interface TimestampDeps extends Patience {
  readonly send: AuthorityPort;
  /** Unpredictable octets, for nonces. */
  readonly random: (octets: number) => Uint8Array;
  /** Epoch ms. */
  readonly now: () => number;
  /** Whose certificates are believed. */
  readonly trust: PathRequest['trust'];
  readonly accepts: PathRequest['accepts'];
}

const NONCE_OCTETS = 16;
const MAX_RESPONSE = 256 * 1024;

/** Asks the authorities in order until one gives a good token. */
export function createTimestampClient(authorities: readonly TimestampAuthority[], deps: TimestampDeps): TimestampPort {
  return {
    largestToken: Math.max(0, ...authorities.map(({ largestToken }) => largestToken)),
    async stamp(digest) {
      let failure = new ProblemError('timestamp_unavailable', { detail: 'no authority is set' });
      for (const authority of authorities) {
        try {
          return await askOne(authority, digest, deps);
        } catch (error) {
          if (!isProblem(error, 'timestamp_unavailable', 'timestamp_invalid')) throw error;
          // A wrong answer says more than none.
          if (failure.code !== 'timestamp_invalid') failure = error;
        }
      }
      throw failure;
    },
  };
}

async function askOne(authority: TimestampAuthority, digest: Uint8Array, deps: TimestampDeps): Promise<Uint8Array> {
  const nonce = deps.random(NONCE_OCTETS);
  const policy = authority.policy === undefined ? {} : { policy: authority.policy };
  const answer = await reach(authority, encodeTimestampRequest({ hash: 'sha256', digest, nonce, ...policy }), deps);
  const token = readToken(answer);
  // There would be no room for it: another authority, or a later attempt, may do better.
  if (token.length > authority.largestToken)
    throw new ProblemError('timestamp_invalid', { detail: 'the token is larger than was said' });
  const { faults } = verifyTimestampToken(token, {
    digest: (hash) => (hash === 'sha256' ? digest : undefined),
    nonce,
    ...policy,
    now: deps.now(),
    trust: { trust: deps.trust, accepts: deps.accepts },
  });
  if (faults.length > 0) throw new ProblemError('timestamp_invalid', { detail: faults.join(', ') });
  return token;
}

async function reach({ url }: TimestampAuthority, body: Uint8Array, deps: TimestampDeps): Promise<Uint8Array> {
  try {
    return await sendPatiently(deps, {
      url,
      method: 'POST',
      contentType: 'application/timestamp-query',
      accept: 'application/timestamp-reply',
      body,
      maxBytes: MAX_RESPONSE,
    });
  } catch (error) {
    if (!isProblem(error, 'authority_unreachable', 'authority_not_allowed')) throw error;
    throw new ProblemError('timestamp_unavailable', { ...detailOf(error), cause: error });
  }
}

function readToken(answer: Uint8Array): Uint8Array {
  try {
    const response = readTimestampResponse(answer);
    if ('token' in response) return response.token;
    const failure = response.failure === undefined ? '' : `, failure ${response.failure}`;
    throw new ProblemError('timestamp_invalid', { detail: `refused with status ${response.status}${failure}` });
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new ProblemError('timestamp_invalid', { detail: error.message, cause: error });
  }
}

function detailOf({ detail }: ProblemError): { detail?: string } {
  return detail === undefined ? {} : { detail };
}

import { isProblem } from '../platform/errors.ts';

/** A call to an authority: a timestamp service, an OCSP responder, a place that certificates and lists are kept. */
export interface AuthorityRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly accept: string;
  /** Media type and bytes of what is sent; both or none. */
  readonly contentType?: string;
  readonly body?: Uint8Array;
  /** Largest answer that is read, octets. */
  readonly maxBytes: number;
}

/**
 * Sends a request and gives the body of a 200 answer. Addresses come out of certificates, so from anybody: the port decides where
 * it goes at all.
 * @throws ProblemError `authority_not_allowed`; `authority_unreachable`: no answer in time, too large, or another status
 */
export type AuthorityPort = (request: AuthorityRequest) => Promise<Uint8Array>;

/** How often an authority is asked before it counts as down. */
export interface Patience {
  readonly attempts: number;
  /** Waits before the next attempt; `attempt` counts from 1. */
  readonly wait: (attempt: number) => Promise<void>;
}

/** As the port, with further attempts where nothing answers. @throws ProblemError of the last one */
export async function sendPatiently(
  { send, attempts, wait }: Patience & { readonly send: AuthorityPort },
  request: AuthorityRequest,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(request);
    } catch (error) {
      if (!isProblem(error, 'authority_unreachable') || attempt >= attempts) throw error;
      await wait(attempt);
    }
  }
}

import { canonicalJson, type Sha256Hex, sha256Hex } from '../platform/hash.ts';

/** A mutating request as its sender marked it: who, `Idempotency-Key`, and what was asked. */
export interface RequestStamp {
  /** Directory id of the sender; a key is unique to its sender. */
  readonly actorId: string;
  readonly key: string;
  /** Hash of method, path and body. */
  readonly fingerprint: Sha256Hex;
}

/** The answer kept with a stamp, given again to every repetition of the request. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What the request asks for, as one hash: the same key with another fingerprint is a mistake of the sender. */
export function fingerprint(method: string, path: string, body: unknown): Sha256Hex {
  return sha256Hex(canonicalJson({ method, path, body: body ?? null }));
}

import { encodeHashAlgorithm, type SigningHash } from './algorithms.ts';
import { encodeBoolean, encodeInteger, encodeOctetString, encodeOid, encodeSequence } from './der-writer.ts';

export interface TimestampRequest {
  readonly hash: SigningHash;
  /** What is to be timestamped: a digest under `hash`. */
  readonly digest: Uint8Array;
  /** Random octets that the answer repeats; read as a positive number. */
  readonly nonce: Uint8Array;
  /** The policy under which the token is wanted; without it the authority chooses. */
  readonly policy?: string;
}

/** TimeStampReq (RFC 3161 §2.4.1) in DER; the authority's certificate is asked for. */
export function encodeTimestampRequest({ hash, digest, nonce, policy }: TimestampRequest): Uint8Array {
  return encodeSequence(
    encodeInteger(1),
    encodeSequence(encodeHashAlgorithm(hash), encodeOctetString(digest)),
    ...(policy === undefined ? [] : [encodeOid(policy)]),
    encodeInteger(nonce),
    encodeBoolean(true),
  );
}

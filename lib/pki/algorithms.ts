import { constants, createHash, type Hash, type HashOptions, type KeyObject, verify } from 'node:crypto';
import { contextTag, type DerElement, DerError, enter, readOid, readSmallInteger, readWhole, TAG } from './der.ts';
import { encode, encodeInteger, encodeNull, encodeOid, encodeSequence } from './der-writer.ts';
import { OID } from './oids.ts';

/** Hash functions that are signed with; those that are only recognised when verifying are in `HashName`. */
export type SigningHash = 'sha256' | 'sha384' | 'sha512';
export type HashName =
  | SigningHash
  | ('md5' | 'sha1' | 'sha224' | 'sha3-224' | 'sha3-256' | 'sha3-384' | 'sha3-512')
  /** With 512 bits of output (RFC 8702 §3.1). */
  | 'shake256';
/** Schemes that are signed with; Edwards curves are only verified (RFC 8419, ISO/TS 32002). */
export type SigningScheme = 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa';
export type SignatureScheme = SigningScheme | 'ed25519' | 'ed448';

/** What a signer does: a scheme over a hash (RFC 8017 for RSA, FIPS 186-5 for ECDSA). */
export interface SigningAlgorithm {
  readonly scheme: SigningScheme;
  readonly hash: SigningHash;
}

/** A signature algorithm found in a certificate or a CMS; `hash` is undefined where another field says it (bare rsaEncryption). */
export interface FoundAlgorithm {
  readonly scheme: SignatureScheme;
  readonly hash: HashName | undefined;
  readonly saltLength?: number;
}

const HASH_OIDS: Record<HashName, string> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  'sha3-224': '2.16.840.1.101.3.4.2.7',
  'sha3-256': '2.16.840.1.101.3.4.2.8',
  'sha3-384': '2.16.840.1.101.3.4.2.9',
  'sha3-512': '2.16.840.1.101.3.4.2.10',
  shake256: '2.16.840.1.101.3.4.2.12',
};

/** Hashing begun with a hash that was found. */
export function hashWith(hash: HashName): Hash {
  return createHash(hash, hashOptions(hash));
}

/** What a copy of such a hash needs to be told again. */
export function hashOptions(hash: HashName): HashOptions {
  return hash === 'shake256' ? { outputLength: 64 } : {};
}

const SIGNATURE_OIDS: readonly (readonly [string, SignatureScheme, HashName | undefined])[] = [
  [OID.rsaEncryption, 'rsa-pkcs1', undefined],
  ['1.2.840.113549.1.1.4', 'rsa-pkcs1', 'md5'],
  ['1.2.840.113549.1.1.5', 'rsa-pkcs1', 'sha1'],
  ['1.2.840.113549.1.1.14', 'rsa-pkcs1', 'sha224'],
  ['1.2.840.113549.1.1.11', 'rsa-pkcs1', 'sha256'],
  ['1.2.840.113549.1.1.12', 'rsa-pkcs1', 'sha384'],
  ['1.2.840.113549.1.1.13', 'rsa-pkcs1', 'sha512'],
  ['2.16.840.1.101.3.4.3.13', 'rsa-pkcs1', 'sha3-224'],
  ['2.16.840.1.101.3.4.3.14', 'rsa-pkcs1', 'sha3-256'],
  ['2.16.840.1.101.3.4.3.15', 'rsa-pkcs1', 'sha3-384'],
  ['2.16.840.1.101.3.4.3.16', 'rsa-pkcs1', 'sha3-512'],
  [OID.ecPublicKey, 'ecdsa', undefined],
  ['1.2.840.10045.4.1', 'ecdsa', 'sha1'],
  ['1.2.840.10045.4.3.1', 'ecdsa', 'sha224'],
  ['1.2.840.10045.4.3.2', 'ecdsa', 'sha256'],
  ['1.2.840.10045.4.3.3', 'ecdsa', 'sha384'],
  ['1.2.840.10045.4.3.4', 'ecdsa', 'sha512'],
  // The hash within the scheme is that of the content too (RFC 8419 §3.1).
  ['1.3.101.112', 'ed25519', 'sha512'],
  ['1.3.101.113', 'ed448', 'shake256'],
];

/** Octets of a digest, and so of the PSS salt that goes with it (RFC 4055 §3.1). */
const HASH_LENGTH: Record<SigningHash, number> = { sha256: 32, sha384: 48, sha512: 64 };

/** AlgorithmIdentifier of a hash, parameters absent (RFC 5754 §2). */
export function encodeHashAlgorithm(hash: SigningHash): Uint8Array {
  return encodeSequence(encodeOid(HASH_OIDS[hash]));
}

/** AlgorithmIdentifier of SHA-1, parameters NULL as OCSP responders expect: to name a certificate, never to sign. */
export function encodeSha1Algorithm(): Uint8Array {
  return encodeSequence(encodeOid(HASH_OIDS.sha1), encodeNull());
}

/** AlgorithmIdentifier of a signature: RFC 4055 §5 (PKCS#1), §3.1 (PSS, all parameters said), RFC 5758 §3.2 (ECDSA). */
export function encodeSignatureAlgorithm({ scheme, hash }: SigningAlgorithm): Uint8Array {
  if (scheme === 'rsa-pss') {
    const hashIdentifier = encodeSequence(encodeOid(HASH_OIDS[hash]), encodeNull());
    const parameters = encodeSequence(
      encode(contextTag(0), hashIdentifier),
      encode(contextTag(1), encodeSequence(encodeOid(OID.mgf1), hashIdentifier)),
      encode(contextTag(2), encodeInteger(HASH_LENGTH[hash])),
    );
    return encodeSequence(encodeOid(OID.rsaPss), parameters);
  }
  const oid = SIGNATURE_OIDS.find(([, aScheme, aHash]) => aScheme === scheme && aHash === hash)![0];
  return scheme === 'ecdsa' ? encodeSequence(encodeOid(oid)) : encodeSequence(encodeOid(oid), encodeNull());
}

/** The hash that an AlgorithmIdentifier names; undefined when it is not one that this module knows. */
export function readHashAlgorithm(identifier: DerElement): HashName | undefined {
  const fields = enter(identifier);
  const oid = readOid(fields.next(TAG.oid));
  if (oid === OID.shake256Len) return readSmallInteger(readLast(fields)) === 512 ? 'shake256' : undefined;
  readAbsentParameters(fields);
  return (Object.keys(HASH_OIDS) as HashName[]).find((hash) => HASH_OIDS[hash] === oid);
}

/** The signature algorithm that an AlgorithmIdentifier names; undefined when it is not one that this module knows. */
export function readSignatureAlgorithm(identifier: DerElement): FoundAlgorithm | undefined {
  const fields = enter(identifier);
  const oid = readOid(fields.next(TAG.oid));
  if (oid === OID.rsaPss) return fields.done ? undefined : readPssParameters(fields.next(TAG.sequence));
  const known = SIGNATURE_OIDS.find(([anOid]) => anOid === oid);
  if (!known) return undefined;
  readAbsentParameters(fields);
  return { scheme: known[1], hash: known[2] };
}

/** The length of the output in bits, which must be said (RFC 8702 §3.1). */
function readLast(fields: ReturnType<typeof enter>): DerElement {
  const last = fields.next(TAG.integer);
  fields.end();
  return last;
}

function readAbsentParameters(fields: ReturnType<typeof enter>): void {
  if (fields.optional(TAG.null)?.content.length) throw new DerError('NULL with content');
  fields.end();
}

/** RSASSA-PSS-params (RFC 4055 §3.1). MGF1 must use the hash of the message: nothing else is supported by OpenSSL's callers. */
function readPssParameters(parameters: DerElement): FoundAlgorithm | undefined {
  const fields = enter(parameters);
  const hashField = fields.optional(contextTag(0));
  const maskField = fields.optional(contextTag(1));
  const saltField = fields.optional(contextTag(2));
  const trailerField = fields.optional(contextTag(3));
  fields.end();
  const hash = hashField ? readHashAlgorithm(readWhole(hashField.content)) : 'sha1';
  const mask = maskField ? enter(readWhole(maskField.content, TAG.sequence)) : undefined;
  if (mask && readOid(mask.next(TAG.oid)) !== OID.mgf1) return undefined;
  const maskHash = mask ? readHashAlgorithm(mask.next(TAG.sequence)) : 'sha1';
  const saltLength = saltField ? readSmallInteger(readWhole(saltField.content)) : 20;
  const trailer = trailerField ? readSmallInteger(readWhole(trailerField.content)) : 1;
  if (hash === undefined || maskHash !== hash || trailer !== 1) return undefined;
  return { scheme: 'rsa-pss', hash, saltLength };
}

/** ECDSA-Sig-Value (DER) of a signature given as r and s one after the other, each half of it (IEEE P1363). */
export function ecdsaSignatureOf(p1363: Uint8Array): Uint8Array {
  const half = p1363.length / 2;
  return encodeSequence(encodeInteger(p1363.slice(0, half)), encodeInteger(p1363.slice(half)));
}

/** Does `key` fit the scheme? (An EC key never verifies an RSA signature, whatever the bytes say.) */
export function keyFitsScheme(key: KeyObject, scheme: SignatureScheme): boolean {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return scheme === 'rsa-pkcs1' || scheme === 'rsa-pss';
    case 'rsa-pss':
      return scheme === 'rsa-pss';
    case 'ec':
      return scheme === 'ecdsa';
    case 'ed25519':
    case 'ed448':
      return scheme === key.asymmetricKeyType;
    default:
      return false;
  }
}

/**
 * Verifies a signature over `message` with an algorithm whose hash is known. ECDSA signatures are ECDSA-Sig-Value (DER).
 * A key of another kind, or bytes that OpenSSL refuses, are a signature that does not verify, never an exception.
 */
export function verifySignature(
  algorithm: FoundAlgorithm & { readonly hash: HashName },
  key: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!keyFitsScheme(key, algorithm.scheme)) return false;
  const isPure = algorithm.scheme === 'ed25519' || algorithm.scheme === 'ed448';
  try {
    if (isPure) return verify(null, message, key, signature);
    if (algorithm.scheme !== 'rsa-pss') return verify(algorithm.hash, message, key, signature);
    const saltLength = algorithm.saltLength ?? constants.RSA_PSS_SALTLEN_DIGEST;
    return verify(algorithm.hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
  } catch {
    return false;
  }
}

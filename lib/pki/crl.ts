import { type FoundAlgorithm, readSignatureAlgorithm } from './algorithms.ts';
import { readFullName } from './authority-addresses.ts';
import {
  contextTag,
  DerError,
  DerSequence,
  enter,
  equalBytes,
  readBitStringBytes,
  readIntegerBytes,
  readSmallInteger,
  readTime,
  readWhole,
  TAG,
} from './der.ts';
import { type Extensions, extensionValue, NO_EXTENSIONS, readExtensions, unprocessedCritical } from './extensions.ts';
import { readEnumerated } from './ocsp.ts';
import { OID } from './oids.ts';

/** A revocation list as it was found; nothing in it has been verified. DER fields are views. */
export interface RevocationList {
  readonly tbs: Uint8Array;
  readonly issuer: Uint8Array;
  /** Epoch ms. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: Extensions;
  readonly signatureAlgorithm: FoundAlgorithm | undefined;
  readonly signature: Uint8Array;
  /** The entries, unread: a list may have a million of them. */
  readonly entries: Uint8Array;
}

/** Reads a CertificateList (RFC 5280 §5.1) but its entries. @throws DerError */
export function readRevocationList(der: Uint8Array): RevocationList {
  const outer = enter(readWhole(der, TAG.sequence));
  const tbs = outer.next(TAG.sequence);
  const algorithm = outer.next(TAG.sequence);
  const signature = readBitStringBytes(outer.next(TAG.bitString));
  outer.end();

  const fields = enter(tbs);
  const version = fields.optional(TAG.integer);
  if (version && readSmallInteger(version) !== 1) throw new DerError('a revocation list of another version');
  if (!equalBytes(fields.next(TAG.sequence).bytes, algorithm.bytes))
    throw new DerError('two different signature algorithms are named');
  const issuer = fields.next(TAG.sequence).bytes;
  const thisUpdate = readTime(fields.next());
  const nextUpdate = fields.optional(TAG.utcTime) ?? fields.optional(TAG.generalizedTime);
  const entries = fields.optional(TAG.sequence)?.content ?? new Uint8Array();
  const extensions = fields.optional(contextTag(0));
  fields.end();
  return {
    tbs: tbs.bytes,
    issuer,
    thisUpdate,
    nextUpdate: nextUpdate && readTime(nextUpdate),
    extensions: extensions ? readExtensions(readWhole(extensions.content, TAG.sequence)) : NO_EXTENSIONS,
    signatureAlgorithm: readSignatureAlgorithm(algorithm),
    signature,
    entries,
  };
}

export interface RevokedEntry {
  readonly revokedAt: number;
  readonly reason: number | undefined;
}

/**
 * The entry of a serial number, found in one pass without keeping any; undefined when it is not listed.
 * @throws DerError, also for an entry with a critical extension: it changes what all later entries mean (§5.3.3)
 */
export function findRevoked({ entries }: RevocationList, serialNumber: Uint8Array): RevokedEntry | undefined {
  const list = new DerSequence(entries);
  let found: RevokedEntry | undefined;
  while (!list.done) {
    const fields = enter(list.next(TAG.sequence));
    const serial = readIntegerBytes(fields.next(TAG.integer));
    const time = fields.next();
    const extensions = fields.done ? NO_EXTENSIONS : readExtensions(fields.next(TAG.sequence));
    fields.end();
    if (unprocessedCritical(extensions, [OID.crlReason]).length > 0)
      throw new DerError('an entry has a critical extension');
    if (found || !equalBytes(serial, serialNumber)) continue;
    const reason = extensionValue(extensions, OID.crlReason);
    found = { revokedAt: readTime(time), reason: reason && readEnumerated(reason) };
  }
  return found;
}

/** Which certificates a list is about (issuingDistributionPoint, §5.2.5). */
export interface ListScope {
  readonly addresses: readonly string[] | undefined;
  readonly only: 'users' | 'authorities' | undefined;
  /** Some reasons only, other issuers' certificates, or attribute certificates: of no use here. */
  readonly partial: boolean;
}

/** The scope of a list; undefined when it states none and so holds all certificates of its issuer. @throws DerError */
export function scopeOf({ extensions }: RevocationList): ListScope | undefined {
  const extension = extensionValue(extensions, OID.issuingDistributionPoint);
  if (!extension) return undefined;
  const fields = enter(extension);
  const point = fields.optional(contextTag(0));
  const users = fields.optional(contextTag(1, false));
  const authorities = fields.optional(contextTag(2, false));
  const reasons = fields.optional(contextTag(3, false));
  const indirect = fields.optional(contextTag(4, false));
  const attributes = fields.optional(contextTag(5, false));
  fields.end();
  return {
    addresses: point && readFullName(point),
    only: users ? 'users' : authorities ? 'authorities' : undefined,
    partial: Boolean(reasons ?? indirect ?? attributes) || (users !== undefined && authorities !== undefined),
  };
}

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ProblemError } from '../platform/errors.ts';
import { type FoundAlgorithm, readSignatureAlgorithm } from './algorithms.ts';
import {
  contextTag,
  type DerElement,
  DerError,
  enter,
  equalBytes,
  readBitStringBytes,
  readBoolean,
  readIntegerBytes,
  readNamedBits,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
  TAG,
} from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { type Extensions, extensionValue, NO_EXTENSIONS, readExtensions, unprocessedCritical } from './extensions.ts';
import { OID } from './oids.ts';
import { RecentlyRead } from './recently-read.ts';

/** KeyUsage by the names of RFC 5280 §4.2.1.3; the position is the bit number. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** What signing and validation need to know of an X.509 v3 certificate. DER fields are views into `der`. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The signed part, exactly as it stands. */
  readonly tbs: Uint8Array;
  /** Content octets of the serial number. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly issuerName: DistinguishedName;
  readonly subjectName: DistinguishedName;
  /** Epoch ms, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  readonly signatureAlgorithm: FoundAlgorithm | undefined;
  readonly signature: Uint8Array;
  readonly extensions: Extensions;
  /** undefined: the extension is absent. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  /** Critical extensions that nothing here processes: such a certificate must not be relied on (RFC 5280 §4.2). */
  readonly unprocessedCritical: readonly string[];
}

/** Extensions whose meaning is applied somewhere, or (policies) that constrain nothing unless a policy is asked for. */
const PROCESSED: readonly string[] = [
  OID.keyUsage,
  OID.basicConstraints,
  OID.extendedKeyUsage,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.certificatePolicies,
];

/**
 * Reads an X.509 v3 certificate (RFC 5280 §4.1), strictly.
 * @throws ProblemError `certificate_invalid`
 */
export function parseCertificate(der: Uint8Array): Certificate {
  try {
    return readCertificate(der);
  } catch (error) {
    if (error instanceof DerError)
      throw new ProblemError('certificate_invalid', { detail: error.message, cause: error });
    throw error;
  }
}

/** Chains and answers name the same few certificates over and over: equal bytes are read once, and give one object. */
const known = new RecentlyRead<Certificate>();

/** As `parseCertificate`, but what is not a certificate is a DerError: for bytes inside a structure being judged. */
export function readCertificate(der: Uint8Array): Certificate {
  return known.get(der, readStrictly);
}

function readStrictly(der: Uint8Array): Certificate {
  const outer = enter(readWhole(der, TAG.sequence));
  const tbs = outer.next(TAG.sequence);
  const outerAlgorithm = outer.next(TAG.sequence);
  const signature = readBitStringBytes(outer.next(TAG.bitString));
  outer.end();

  const fields = enter(tbs);
  const versionField = fields.optional(contextTag(0));
  const version = versionField ? readSmallInteger(readWhole(versionField.content)) : 0;
  const serialNumber = readIntegerBytes(fields.next(TAG.integer));
  const innerAlgorithm = fields.next(TAG.sequence);
  if (!equalBytes(innerAlgorithm.bytes, outerAlgorithm.bytes))
    throw new DerError('two different signature algorithms are named');
  const issuer = fields.next(TAG.sequence).bytes;
  const validity = enter(fields.next(TAG.sequence));
  const notBefore = readTime(validity.next());
  const notAfter = readTime(validity.next());
  validity.end();
  const subject = fields.next(TAG.sequence).bytes;
  const publicKeyInfo = fields.next(TAG.sequence).bytes;
  fields.optional(contextTag(1, false));
  fields.optional(contextTag(2, false));
  const extensionsField = fields.optional(contextTag(3));
  fields.end();
  if (extensionsField && version !== 2) throw new DerError('extensions in a certificate that is not version 3');

  return {
    der,
    tbs: tbs.bytes,
    serialNumber,
    issuer,
    subject,
    issuerName: readName(issuer),
    subjectName: readName(subject),
    notBefore,
    notAfter,
    publicKeyInfo,
    signatureAlgorithm: readSignatureAlgorithm(outerAlgorithm),
    signature,
    ...fromExtensions(extensionsField),
  };
}

type FromExtensions = Pick<
  Certificate,
  'extensions' | 'keyUsage' | 'extendedKeyUsage' | 'basicConstraints' | 'subjectKeyIdentifier' | 'unprocessedCritical'
>;

function fromExtensions(field: DerElement | undefined): FromExtensions {
  const extensions = field ? readExtensions(readWhole(field.content, TAG.sequence)) : NO_EXTENSIONS;
  const keyUsage = extensionValue(extensions, OID.keyUsage);
  const extendedKeyUsage = extensionValue(extensions, OID.extendedKeyUsage);
  const basicConstraints = extensionValue(extensions, OID.basicConstraints);
  return {
    extensions,
    keyUsage: keyUsage && new Set([...readNamedBits(keyUsage)].flatMap((bit) => KEY_USAGES[bit] ?? [])),
    extendedKeyUsage: extendedKeyUsage && readOids(extendedKeyUsage),
    basicConstraints: basicConstraints && readBasicConstraints(basicConstraints),
    subjectKeyIdentifier: extensionValue(extensions, OID.subjectKeyIdentifier)?.content,
    unprocessedCritical: unprocessedCritical(extensions, PROCESSED),
  };
}

function readOids(sequence: DerElement): string[] {
  const list = enter(sequence);
  const oids: string[] = [];
  while (!list.done) oids.push(readOid(list.next(TAG.oid)));
  return oids;
}

function readBasicConstraints(sequence: DerElement): { ca: boolean; pathLength: number | undefined } {
  const fields = enter(sequence);
  const ca = fields.optional(TAG.boolean);
  const pathLength = fields.optional(TAG.integer);
  fields.end();
  return { ca: ca ? readBoolean(ca) : false, pathLength: pathLength && readSmallInteger(pathLength) };
}

const knownKeys = new RecentlyRead<KeyObject | undefined>();

/** The public key; undefined when OpenSSL does not know its kind or it is malformed. */
export function publicKeyOf({ publicKeyInfo }: Pick<Certificate, 'publicKeyInfo'>): KeyObject | undefined {
  return knownKeys.get(publicKeyInfo, readPublicKey);
}

function readPublicKey(publicKeyInfo: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(publicKeyInfo), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** Size of a key in bits: the modulus of RSA, the field of a named curve; 0 when unknown. */
export function keyBits(key: KeyObject): number {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const curves: Record<string, number> = {
    prime256v1: 256,
    secp384r1: 384,
    secp521r1: 521,
    brainpoolP256r1: 256,
    brainpoolP384r1: 384,
    brainpoolP512r1: 512,
  };
  // RFC 8032: public keys of 32 and 57 octets.
  const edwards: Record<string, number> = { ed25519: 256, ed448: 456 };
  return modulusLength ?? curves[namedCurve ?? ''] ?? edwards[key.asymmetricKeyType ?? ''] ?? 0;
}

/** True when the certificate may sign documents: digitalSignature or nonRepudiation is stated (EN 319 412-2 §4.3.2). */
export function maySignDocuments({
  keyUsage,
  extendedKeyUsage,
}: Pick<Certificate, 'keyUsage' | 'extendedKeyUsage'>): boolean {
  if (!keyUsage?.has('digitalSignature') && !keyUsage?.has('nonRepudiation')) return false;
  // A certificate meant only for servers, code, timestamps or OCSP answers does not sign documents.
  const others = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.3', '1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.9'];
  return extendedKeyUsage === undefined || extendedKeyUsage.some((oid) => !others.includes(oid));
}

/** Lower-case hex SHA-256 of the certificate: how it is named in verdicts and evidence. */
export function fingerprint(certificate: Pick<Certificate, 'der'>): string {
  return createHash('sha256').update(certificate.der).digest('hex');
}

import { createHash } from 'node:crypto';
import {
  encodeSha1Algorithm,
  type FoundAlgorithm,
  type HashName,
  hashWith,
  readHashAlgorithm,
  readSignatureAlgorithm,
} from './algorithms.ts';
import type { Certificate } from './certificate.ts';
import {
  children,
  contextTag,
  type DerElement,
  DerError,
  enter,
  equalBytes,
  readBitStringBytes,
  readIntegerBytes,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
  TAG,
} from './der.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence } from './der-writer.ts';
import { type Extensions, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import { OID } from './oids.ts';

/** A certificate and its issuer, as OCSP names them (CertID, RFC 6960 §4.1.1). */
export type CertificatePair = Readonly<Record<'certificate' | 'issuer', Certificate>>;

/**
 * OCSPRequest for one certificate (RFC 6960 §4.1), unsigned. CertID is over SHA-1, which every responder knows (RFC 5019 §2.1.1):
 * it names, it protects nothing.
 * @param nonce 1 to 32 octets (RFC 9654 §2.1)
 */
export function encodeOcspRequest({ certificate, issuer }: CertificatePair, nonce?: Uint8Array): Uint8Array {
  const certId = encodeSequence(
    encodeSha1Algorithm(),
    encodeOctetString(createHash('sha1').update(issuer.subject).digest()),
    encodeOctetString(createHash('sha1').update(publicKeyBits(issuer)).digest()),
    encode(TAG.integer, certificate.serialNumber),
  );
  const extension = nonce && encodeSequence(encodeOid(OID.ocspNonce), encodeOctetString(encodeOctetString(nonce)));
  const extensions = extension ? [encode(contextTag(2), encodeSequence(extension))] : [];
  return encodeSequence(encodeSequence(encodeSequence(encodeSequence(certId)), ...extensions));
}

/** subjectPublicKey without its tag, length and unused bits: what OCSP and key identifiers hash. */
export function publicKeyBits({ publicKeyInfo }: Pick<Certificate, 'publicKeyInfo'>): Uint8Array {
  const fields = enter(readWhole(publicKeyInfo, TAG.sequence));
  fields.next(TAG.sequence);
  return readBitStringBytes(fields.next(TAG.bitString));
}

/** What a responder says about one certificate. */
export interface SingleResponse {
  /** undefined: a hash that is not known here. */
  readonly hash: HashName | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: Uint8Array;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: number | undefined;
  readonly reason: number | undefined;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: Extensions;
}

/** A basic OCSP response as it was found; nothing in it has been verified. */
export interface OcspResponse {
  readonly tbs: Uint8Array;
  readonly responder: { readonly name: Uint8Array } | { readonly keyHash: Uint8Array };
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
  readonly extensions: Extensions;
  readonly signatureAlgorithm: FoundAlgorithm | undefined;
  readonly signature: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

const MAX_RESPONSES = 100;
const MAX_CERTIFICATES = 20;

/** Reads an OCSPResponse (RFC 6960 §4.2.1): the basic response, or the status with which it was refused. @throws DerError */
export function readOcspResponse(der: Uint8Array): OcspResponse | { readonly refused: number } {
  const fields = enter(readWhole(der, TAG.sequence));
  const status = readEnumerated(fields.next(TAG.enumerated));
  const explicit = fields.optional(contextTag(0));
  fields.end();
  if (status !== 0) return { refused: status };
  if (!explicit) throw new DerError('a successful response is empty');
  const responseBytes = enter(readWhole(explicit.content, TAG.sequence));
  if (readOid(responseBytes.next(TAG.oid)) !== OID.ocspBasic) throw new DerError('a response of another type');
  const basic = responseBytes.next(TAG.octetString).content;
  responseBytes.end();
  return readBasicResponse(basic);
}

function readBasicResponse(der: Uint8Array): OcspResponse {
  const outer = enter(readWhole(der, TAG.sequence));
  const tbs = outer.next(TAG.sequence);
  const signatureAlgorithm = readSignatureAlgorithm(outer.next(TAG.sequence));
  const signature = readBitStringBytes(outer.next(TAG.bitString));
  const certificates = outer.optional(contextTag(0));
  outer.end();

  const fields = enter(tbs);
  const version = fields.optional(contextTag(0));
  if (version && readSmallInteger(readWhole(version.content)) !== 0)
    throw new DerError('a response of another version');
  const responder = readResponder(fields.next());
  const producedAt = readTime(fields.next(TAG.generalizedTime));
  const responses = children(fields.next(TAG.sequence), MAX_RESPONSES).map(readSingleResponse);
  const extensions = readExplicitExtensions(fields.optional(contextTag(1)));
  fields.end();
  return {
    tbs: tbs.bytes,
    responder,
    producedAt,
    responses,
    extensions,
    signatureAlgorithm,
    signature,
    certificates: certificates
      ? children(readWhole(certificates.content, TAG.sequence), MAX_CERTIFICATES).map(({ bytes }) => bytes)
      : [],
  };
}

function readResponder(element: DerElement): OcspResponse['responder'] {
  if (element.tag === contextTag(1)) return { name: readWhole(element.content, TAG.sequence).bytes };
  if (element.tag === contextTag(2)) return { keyHash: readWhole(element.content, TAG.octetString).content };
  throw new DerError('a responder was expected');
}

function readSingleResponse(element: DerElement): SingleResponse {
  const fields = enter(element);
  const certId = enter(fields.next(TAG.sequence));
  const hash = readHashAlgorithm(certId.next(TAG.sequence));
  const issuerNameHash = certId.next(TAG.octetString).content;
  const issuerKeyHash = certId.next(TAG.octetString).content;
  const serialNumber = readIntegerBytes(certId.next(TAG.integer));
  certId.end();
  const status = readStatus(fields.next());
  const thisUpdate = readTime(fields.next(TAG.generalizedTime));
  const nextUpdate = fields.optional(contextTag(0));
  const extensions = readExplicitExtensions(fields.optional(contextTag(1)));
  fields.end();
  return {
    hash,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    ...status,
    thisUpdate,
    nextUpdate: nextUpdate && readTime(readWhole(nextUpdate.content, TAG.generalizedTime)),
    extensions,
  };
}

/** CertStatus: good and unknown are IMPLICIT NULLs, revoked has a time and perhaps a reason. */
function readStatus({ tag, content }: DerElement): Pick<SingleResponse, 'status' | 'revokedAt' | 'reason'> {
  const nothing = { revokedAt: undefined, reason: undefined };
  if (tag === contextTag(0, false) && content.length === 0) return { status: 'good', ...nothing };
  if (tag === contextTag(2, false) && content.length === 0) return { status: 'unknown', ...nothing };
  if (tag !== contextTag(1)) throw new DerError('a status was expected');
  const info = enter({ tag: TAG.sequence, bytes: content, content });
  const revokedAt = readTime(info.next(TAG.generalizedTime));
  const reason = info.optional(contextTag(0));
  info.end();
  return { status: 'revoked', revokedAt, reason: reason && readEnumerated(readWhole(reason.content)) };
}

export function readEnumerated(element: DerElement): number {
  if (element.tag !== TAG.enumerated) throw new DerError('an enumerated value was expected');
  return readSmallInteger({ ...element, tag: TAG.integer });
}

function readExplicitExtensions(field: DerElement | undefined): Extensions {
  return field ? readExtensions(readWhole(field.content, TAG.sequence)) : NO_EXTENSIONS;
}

/** Does the response speak of this certificate? Name, key and serial number must all be its own. */
export function speaksOf(response: SingleResponse, { certificate, issuer }: CertificatePair): boolean {
  const { hash } = response;
  return (
    hash !== undefined &&
    equalBytes(response.serialNumber, certificate.serialNumber) &&
    equalBytes(response.issuerNameHash, hashWith(hash).update(issuer.subject).digest()) &&
    equalBytes(response.issuerKeyHash, hashWith(hash).update(publicKeyBits(issuer)).digest())
  );
}

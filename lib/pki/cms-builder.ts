import { createHash } from 'node:crypto';
import {
  encodeHashAlgorithm,
  encodeSignatureAlgorithm,
  type SigningAlgorithm,
  type SigningHash,
} from './algorithms.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { contextTag, TAG } from './der.ts';
import { encode, encodeInteger, encodeOctetString, encodeOid, encodeSequence, encodeSetOf } from './der-writer.ts';
import { OID } from './oids.ts';
import { longestSignature, type SignerIdentity, usableCertificate } from './signer.ts';

/**
 * What the key signs: the signed attributes as SET OF in DER (RFC 5652 §5.4). PAdES baseline (EN 319 142-1 §6, EN 319 122-1 §5)
 * has content-type, message-digest and ESS signing-certificate-v2, and no signing-time.
 * @param contentDigest hash of the signed bytes under the signer's hash
 */
export function messageToSign(identity: SignerIdentity, contentDigest: Uint8Array): Uint8Array {
  return encodeSetOf(signedAttributes(identity, contentDigest));
}

/**
 * The detached CMS SignedData around a signature value over `messageToSign`, certificates included.
 * @param timestamp token over the signature value, for the signature-time-stamp attribute (EN 319 122-1 §5.3)
 * @returns ContentInfo in DER
 */
export function assembleSignedData(
  identity: SignerIdentity,
  contentDigest: Uint8Array,
  signature: Uint8Array,
  timestamp?: Uint8Array,
): Uint8Array {
  const certificate = parseCertificate(identity.certificate);
  return assemble(identity, certificate, signedAttributes(identity, contentDigest), signature, timestamp);
}

/**
 * Octets that `assembleSignedData` takes at most for this signer: what /Contents must have room for.
 * @param at the time of signing, epoch ms
 * @param timestampBytes octets of the largest timestamp token that may come into it; 0: none will
 * @throws ProblemError as `usableCertificate`
 */
export function largestSignedData(identity: SignerIdentity, at: number, timestampBytes = 0): number {
  const certificate = usableCertificate(identity, at);
  const attributes = signedAttributes(identity, createHash(identity.algorithm.hash).digest());
  const timestamp = timestampBytes > 0 ? new Uint8Array(timestampBytes) : undefined;
  const signature = new Uint8Array(longestSignature(certificate));
  return assemble(identity, certificate, attributes, signature, timestamp).length;
}

/** The signed attributes, each encoded; their SET OF in DER is what is signed (RFC 5652 §5.4). */
function signedAttributes(
  { algorithm: { hash }, certificate }: Pick<SignerIdentity, 'algorithm' | 'certificate'>,
  contentDigest: Uint8Array,
): Uint8Array[] {
  return [
    attribute(OID.contentType, encodeOid(OID.data)),
    attribute(OID.messageDigest, encodeOctetString(contentDigest)),
    attribute(OID.signingCertificateV2, signingCertificateV2(hash, certificate)),
  ];
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(type), encodeSetOf([value]));
}

/** SigningCertificateV2 (RFC 5035 §3) of one certificate; SHA-256 is the default and so left out in DER. */
function signingCertificateV2(hash: SigningHash, certificate: Uint8Array): Uint8Array {
  const certHash = encodeOctetString(createHash(hash).update(certificate).digest());
  const certId = hash === 'sha256' ? encodeSequence(certHash) : encodeSequence(encodeHashAlgorithm(hash), certHash);
  return encodeSequence(encodeSequence(certId));
}

function assemble(
  { algorithm, chain }: { readonly algorithm: SigningAlgorithm; readonly chain: readonly Uint8Array[] },
  certificate: Certificate,
  attributes: readonly Uint8Array[],
  signature: Uint8Array,
  timestamp: Uint8Array | undefined,
): Uint8Array {
  const version1 = encodeInteger(1);
  const hashAlgorithm = encodeHashAlgorithm(algorithm.hash);
  const signerInfo = encodeSequence(
    version1,
    encodeSequence(certificate.issuer, encode(TAG.integer, certificate.serialNumber)),
    hashAlgorithm,
    encodeSetOf(attributes, contextTag(0)),
    encodeSignatureAlgorithm(algorithm),
    encodeOctetString(signature),
    ...(timestamp ? [encodeSetOf([attribute(OID.signatureTimeStampToken, timestamp)], contextTag(1))] : []),
  );
  const signedData = encodeSequence(
    version1,
    encodeSetOf([hashAlgorithm]),
    encodeSequence(encodeOid(OID.data)),
    encodeSetOf([certificate.der, ...chain], contextTag(0)),
    encodeSetOf([signerInfo]),
  );
  return encodeSequence(encodeOid(OID.signedData), encode(contextTag(0), signedData));
}

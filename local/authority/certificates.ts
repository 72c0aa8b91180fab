import { createHash, type KeyObject, randomBytes, type webcrypto } from 'node:crypto';
import { Integer } from 'asn1js';
import { Certificate, type Extension, type PublicKeyInfo, type RelativeDistinguishedNames, Time } from 'pkijs';

/** An authority's certificate with the key that signs for it. */
export interface Issuer {
  readonly certificate: Certificate;
  readonly key: webcrypto.CryptoKey;
  /** The same key, for what is signed without pkijs. */
  readonly privateKey: KeyObject;
}

export interface CertificateContent {
  readonly subject: RelativeDistinguishedNames;
  readonly publicKey: PublicKeyInfo;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Extension[];
}

/** An X.509 v3 certificate (RFC 5280) with a random serial number; signed by `issuer`, or by its own `key`. */
export async function signCertificate(
  content: CertificateContent,
  issuer: Issuer | { readonly key: webcrypto.CryptoKey },
): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: randomSerial().buffer });
  certificate.subject = content.subject;
  certificate.issuer = 'certificate' in issuer ? issuer.certificate.subject : content.subject;
  certificate.notBefore = timeOf(content.notBefore);
  certificate.notAfter = timeOf(content.notAfter);
  certificate.subjectPublicKeyInfo = content.publicKey;
  certificate.extensions = [...content.extensions];
  await certificate.sign(issuer.key, 'SHA-256');
  return certificate;
}

/** DER; pkijs would reuse the bytes it parsed, so they are written anew. */
export function derOf(certificate: Certificate): Uint8Array<ArrayBuffer> {
  return new Uint8Array(certificate.toSchema(true).toBER());
}

export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  return Certificate.fromBER(der.buffer);
}

/** Key identifier: SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, method 1). */
export function keyIdOf(publicKey: PublicKeyInfo): Uint8Array<ArrayBuffer> {
  const bits = publicKey.subjectPublicKey.valueBlock.valueHexView;
  return new Uint8Array(createHash('sha1').update(bits).digest());
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5); whole seconds. */
export function timeOf(at: number): Time {
  const value = new Date(Math.floor(at / 1000) * 1000);
  return new Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

/** 127 random bits, positive, without a leading zero. */
function randomSerial(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

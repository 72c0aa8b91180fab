import { hashWith } from './algorithms.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import type { SignedData, SignerInfo } from './cms-reader.ts';
import { DerError, equalBytes } from './der.ts';

/** Certificates that parse. What does not helps no path and is left out; a signer's own is then missing. */
export function readableCertificates(certificates: readonly Uint8Array[]): Certificate[] {
  return certificates.flatMap((der) => {
    try {
      return [readCertificate(der)];
    } catch (error) {
      if (error instanceof DerError) return [];
      throw error;
    }
  });
}

/** The signer's certificate among those that a SignedData carries, and the others. */
export function signerCertificate(
  { certificates }: Pick<SignedData, 'certificates'>,
  signerInfo: SignerInfo,
): { certificate: Certificate | undefined; others: Certificate[] } {
  const candidates = readableCertificates(certificates);
  const certificate = candidates.find((candidate) => isNamed(signerInfo, candidate));
  return { certificate, others: candidates.filter((candidate) => candidate !== certificate) };
}

function isNamed({ issuer, serialNumber, subjectKeyIdentifier }: SignerInfo, certificate: Certificate): boolean {
  if (issuer && serialNumber)
    return equalBytes(issuer, certificate.issuer) && equalBytes(serialNumber, certificate.serialNumber);
  const own = certificate.subjectKeyIdentifier;
  return subjectKeyIdentifier !== undefined && own !== undefined && equalBytes(subjectKeyIdentifier, own);
}

/** Does the ESS attribute name this certificate? It keeps one from being swapped for another with the same key (RFC 5035 §1). */
export function checkCertificateReference(
  { signedAttributes }: SignerInfo,
  certificate: Certificate,
): 'matches' | 'missing' | 'wrong' {
  const reference = signedAttributes?.signingCertificate;
  if (!reference) return 'missing';
  const matches =
    reference.hash !== undefined &&
    equalBytes(reference.certHash, hashWith(reference.hash).update(certificate.der).digest());
  return matches ? 'matches' : 'wrong';
}

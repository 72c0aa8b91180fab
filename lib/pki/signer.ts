import { createHash, type KeyObject } from 'node:crypto';
import { ProblemError } from '../platform/errors.ts';
import { keyFitsScheme, type SigningAlgorithm, verifySignature } from './algorithms.ts';
import { type Certificate, keyBits, maySignDocuments, parseCertificate, publicKeyOf } from './certificate.ts';

/** A private key that is somewhere else: in KMS, in a container, with its holder. */
export interface SigningKey {
  readonly algorithm: SigningAlgorithm;
  /**
   * Signs. `digest` is the hash of `message` under `algorithm.hash`: services sign the digest, keys in memory may take
   * the message. RSA answers the signature block, ECDSA an ECDSA-Sig-Value in DER.
   * @throws ProblemError `signing_key_unavailable`
   */
  sign(digest: Uint8Array, message: Uint8Array): Promise<Uint8Array>;
}

/** Who signs and how: the certificate (DER), the issuers that a verifier may lack, nearest first, and the algorithm. */
export interface SignerIdentity {
  readonly algorithm: SigningAlgorithm;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** A key with the certificate that speaks for it. */
export interface Signer extends SigningKey, SignerIdentity {}

/**
 * The checks before a signature is asked for: the certificate is valid at `at` (epoch ms), is meant for signing, and
 * its key is of the kind and size that the algorithm needs.
 * @throws ProblemError `certificate_invalid`, `certificate_expired`, `certificate_not_yet_valid`,
 *   `certificate_key_usage`, `certificate_key_mismatch`
 */
export function usableCertificate(signer: Pick<SignerIdentity, 'certificate' | 'algorithm'>, at: number): Certificate {
  const certificate = parseCertificate(signer.certificate);
  if (at < certificate.notBefore) throw new ProblemError('certificate_not_yet_valid');
  if (at > certificate.notAfter) throw new ProblemError('certificate_expired');
  if (!maySignDocuments(certificate)) throw new ProblemError('certificate_key_usage');
  const key = publicKeyOf(certificate);
  if (!key) throw new ProblemError('certificate_invalid', { detail: 'the public key is of an unknown kind' });
  const smallest = key.asymmetricKeyType === 'ec' ? 256 : 2048;
  if (!keyFitsScheme(key, signer.algorithm.scheme) || keyBits(key) < smallest) {
    throw new ProblemError('certificate_key_mismatch', {
      detail: `${signer.algorithm.scheme} needs another kind or size of key`,
    });
  }
  return certificate;
}

/**
 * Signs `message` and checks the answer against the certificate, so that a key which is not the certificate's is found
 * before anything is stored, whatever kind of signer it came from.
 * @throws ProblemError `certificate_key_mismatch`, and what the signer throws
 */
export async function signChecked(
  signer: SigningKey,
  certificate: Pick<Certificate, 'publicKeyInfo'>,
  message: Uint8Array,
): Promise<Uint8Array> {
  const { hash } = signer.algorithm;
  const signature = await signer.sign(createHash(hash).update(message).digest(), message);
  const key = publicKeyOf(certificate);
  if (!key || !verifySignature(signer.algorithm, key, message, signature))
    throw new ProblemError('certificate_key_mismatch');
  return signature;
}

/**
 * How keys sign where nothing else was asked for: RSA PKCS#1 v1.5 with SHA-256, EC keys ECDSA with SHA-256 (SHA-384 on P-384).
 * @throws ProblemError `certificate_invalid` for a key of another kind
 */
export function usualAlgorithm(of: Pick<Certificate, 'publicKeyInfo'>): SigningAlgorithm {
  const key = publicKeyOf(of);
  const algorithm = key && algorithmForKey(key);
  if (!algorithm) throw new ProblemError('certificate_invalid', { detail: 'the public key is of an unknown kind' });
  return algorithm;
}

/** The same for a key, private or public; undefined for a key of another kind. */
export function algorithmForKey(key: KeyObject): SigningAlgorithm | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { scheme: 'rsa-pkcs1', hash: 'sha256' };
    case 'rsa-pss':
      return { scheme: 'rsa-pss', hash: 'sha256' };
    case 'ec':
      return { scheme: 'ecdsa', hash: key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256' };
    default:
      return undefined;
  }
}

/** The longest signature the certificate's key can make, in octets (ECDSA-Sig-Value varies by a few). */
export function longestSignature(certificate: Pick<Certificate, 'publicKeyInfo'>): number {
  const key = publicKeyOf(certificate);
  if (!key) throw new ProblemError('certificate_invalid', { detail: 'the public key is of an unknown kind' });
  const octets = Math.ceil(keyBits(key) / 8);
  return key.asymmetricKeyType === 'ec' ? 2 * (octets + 3) + 3 : octets;
}

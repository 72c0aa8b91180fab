import {
  constants,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { signDigestEcdsa, verifyDigestEcdsa } from './ecdsa-digest.ts';
import type { HashName, SigningAlgorithm } from './key-specs.ts';
import { encodePss, matchesPss } from './pss-encoding.ts';

// DER of DigestInfo up to the digest itself (RFC 8017 §9.2, note 1).
const DIGEST_INFO: Readonly<Record<HashName, Buffer>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
};

/** Signs a whole message, off the main thread. ECDSA signatures are DER (RFC 3279 §2.2.3), as KMS returns them. */
export async function signMessage(key: KeyObject, algorithm: SigningAlgorithm, message: Buffer): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    sign(algorithm.hash, message, withPadding(key, algorithm), (error, signature) =>
      error ? reject(error) : resolve(signature),
    );
  });
}

/**
 * Signs a digest that the caller computed. Node has no such call (`sign(null, …)` hashes once more), so the encodings of
 * RFC 8017 are built here and the raw RSA or curve operation is Node's.
 */
export function signDigest(key: KeyObject, algorithm: SigningAlgorithm, digest: Buffer): Buffer {
  switch (algorithm.scheme) {
    case 'pkcs1':
      return privateEncrypt(
        { key, padding: constants.RSA_PKCS1_PADDING },
        Buffer.concat([DIGEST_INFO[algorithm.hash], digest]),
      );
    case 'pss':
      return privateEncrypt(
        { key, padding: constants.RSA_NO_PADDING },
        encodePss(digest, algorithm.hash, modulusBits(key)),
      );
    case 'ecdsa':
      return signDigestEcdsa(key, digest);
  }
}

/** Checks a signature over a whole message. */
export async function verifyMessage(
  key: KeyObject,
  algorithm: SigningAlgorithm,
  message: Buffer,
  signature: Buffer,
): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const publicKey = withPadding(createPublicKey(key), algorithm);
    verify(algorithm.hash, message, publicKey, signature, (error, valid) => (error ? reject(error) : resolve(valid)));
  });
}

/** Checks a signature over a digest; false for a signature that is not even well-formed. */
export function verifyDigest(key: KeyObject, algorithm: SigningAlgorithm, digest: Buffer, signature: Buffer): boolean {
  if (algorithm.scheme === 'ecdsa') return verifyDigestEcdsa(key, digest, signature);
  const publicKey = createPublicKey(key);
  try {
    if (algorithm.scheme === 'pss') {
      const encoded = publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, signature);
      return matchesPss(encoded, digest, algorithm.hash, modulusBits(key));
    }
    const info = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    const expected = Buffer.concat([DIGEST_INFO[algorithm.hash], digest]);
    return info.length === expected.length && timingSafeEqual(info, expected);
  } catch {
    return false;
  }
}

function withPadding(key: KeyObject, algorithm: SigningAlgorithm) {
  if (algorithm.scheme === 'ecdsa') return { key, dsaEncoding: 'der' as const };
  if (algorithm.scheme === 'pkcs1') return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails!.modulusLength!;
}

import { constants, type KeyObject, sign } from 'node:crypto';
import type { SigningAlgorithm } from './algorithms.ts';
import type { SigningKey } from './signer.ts';

/** Signs with a private key held in memory; the PSS salt is as long as the digest (RFC 4055 §3.1). */
export function createMemorySigningKey(key: KeyObject, algorithm: SigningAlgorithm): SigningKey {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const options = algorithm.scheme === 'rsa-pss' ? { key, ...pss } : { key };
  // node:crypto signs messages, not digests, with EC keys: hence the message.
  return { algorithm, sign: async (_digest, message) => sign(algorithm.hash, message, options) };
}

import { encodeSignatureAlgorithm } from './algorithms.ts';
import { contextTag } from './der.ts';
import { encode, encodeBitString, encodeInteger, encodeSequence } from './der-writer.ts';
import { type DistinguishedName, encodeName } from './distinguished-name.ts';
import { type SigningKey, signChecked } from './signer.ts';

/**
 * A PKCS#10 certification request (RFC 2986), signed by the key that it is for, which proves that its holder asks.
 *
 * @param publicKeyInfo SubjectPublicKeyInfo in DER
 * @returns CertificationRequest in DER
 * @throws ProblemError `certificate_key_mismatch` when the key signs for another public key; `signing_key_unavailable`
 */
export async function buildCertificationRequest(
  key: SigningKey,
  subject: DistinguishedName,
  publicKeyInfo: Uint8Array,
): Promise<Uint8Array> {
  const info = encodeSequence(encodeInteger(0), encodeName(subject), publicKeyInfo, encode(contextTag(0)));
  const signature = await signChecked(key, { publicKeyInfo }, info);
  return encodeSequence(info, encodeSignatureAlgorithm(key.algorithm), encodeBitString(signature));
}

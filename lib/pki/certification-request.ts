import { ProblemError } from '../platform/errors.ts';
import { encodeSignatureAlgorithm, readSignatureAlgorithm, verifySignature } from './algorithms.ts';
import { publicKeyOf } from './certificate.ts';
import { contextTag, DerError, enter, readBitStringBytes, readWhole, TAG } from './der.ts';
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

/**
 * SubjectPublicKeyInfo (DER) of a request that its own key has signed (RFC 2986 §3): whoever made it had the private key.
 * @throws ProblemError `certification_request_invalid`
 */
export function readCertificationRequest(der: Uint8Array): Uint8Array {
  try {
    const outer = enter(readWhole(der, TAG.sequence));
    const info = outer.next(TAG.sequence);
    const algorithm = readSignatureAlgorithm(outer.next(TAG.sequence));
    const signature = readBitStringBytes(outer.next(TAG.bitString));
    outer.end();
    const fields = enter(info);
    fields.next(TAG.integer);
    fields.next(TAG.sequence);
    const publicKeyInfo = fields.next(TAG.sequence).bytes;
    const key = publicKeyOf({ publicKeyInfo });
    const hash = algorithm?.hash;
    const sound = key && hash && verifySignature({ ...algorithm, hash }, key, info.bytes, signature);
    if (!sound) throw new ProblemError('certification_request_invalid');
    return publicKeyInfo;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new ProblemError('certification_request_invalid', { detail: error.message, cause: error });
  }
}

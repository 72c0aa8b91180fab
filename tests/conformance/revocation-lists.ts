import { createHash, sign } from 'node:crypto';
import { encodeSignatureAlgorithm, type SigningAlgorithm } from '../../lib/pki/algorithms.ts';
import { parseCertificate } from '../../lib/pki/certificate.ts';
import { contextTag } from '../../lib/pki/der.ts';
import {
  encode,
  encodeBitString,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTime,
} from '../../lib/pki/der-writer.ts';
import { type Authority, DAY, keyPair, NOW } from '../support/pki/authority.ts';

const ALGORITHM: SigningAlgorithm = { scheme: 'ecdsa', hash: 'sha256' };
const CRL_NUMBER = '2.5.29.20';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
/** The number that the tag of an implicit OCTET STRING [0] has. */
const KEY_IDENTIFIER = 0x80;

/**
 * Revocation lists (RFC 5280 §5) of both authorities on which nobody stands. EU DSS under its default policy passes no
 * signature without revocation data; for B-B and B-T they come from outside the file.
 */
export function emptyRevocationLists({ root, intermediate }: Authority, label = 'ca'): Uint8Array[] {
  return [
    { issuer: root, key: keyPair('p256', `${label}-root`) },
    { issuer: intermediate, key: keyPair('p256', `${label}-intermediate`) },
  ].map(({ issuer, key }) => {
    const algorithm = encodeSignatureAlgorithm(ALGORITHM);
    const keyId = createHash('sha1')
      .update(key.publicKey.export({ format: 'der', type: 'spki' }))
      .digest();
    const extensions = [
      extension(AUTHORITY_KEY_IDENTIFIER, encodeSequence(encode(KEY_IDENTIFIER, keyId))),
      extension(CRL_NUMBER, encodeInteger(1)),
    ];
    const list = encodeSequence(
      encodeInteger(1),
      algorithm,
      parseCertificate(issuer).subject,
      encodeTime(NOW - DAY / 24),
      encodeTime(NOW + 7 * DAY),
      encode(contextTag(0), encodeSequence(...extensions)),
    );
    return encodeSequence(list, algorithm, encodeBitString(sign(ALGORITHM.hash, list, key.privateKey)));
  });
}

function extension(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeOctetString(value));
}

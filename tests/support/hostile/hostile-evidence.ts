import { sign } from 'node:crypto';
import { encodeSignatureAlgorithm } from '../../../lib/pki/algorithms.ts';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import { encodeBitString, encodeInteger, encodeSequence, encodeTime } from '../../../lib/pki/der-writer.ts';
import type { DistinguishedName } from '../../../lib/pki/distinguished-name.ts';
import { createMemorySigningKey } from '../../../lib/pki/memory-signing-key.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { type Authority, DAY, issueCertificate, keyPair, NOW } from '../pki/authority.ts';
import { repeat } from './plain-pdf.ts';

const ECDSA = { scheme: 'ecdsa', hash: 'sha256' } as const;
/** The key of the authority that `createAuthority` makes by itself. */
const issuing = () => keyPair('p256', 'ca-intermediate').privateKey;

/** A genuine list of the issuing authority with so many entries, none of them of a certificate that is used; some 35 octets each. */
export function listWith(authority: Authority, entries: number, thisUpdate = NOW - DAY): Uint8Array {
  const one = encodeSequence(encodeInteger(Uint8Array.from([1, ...repeat(15, () => 7)])), encodeTime(NOW - DAY));
  const all = Buffer.alloc(one.length * entries);
  for (let n = 0; n < entries; n++) {
    all.set(one, n * one.length);
    all.writeUInt32BE(n, n * one.length + 8);
  }
  const algorithm = encodeSignatureAlgorithm(ECDSA);
  const tbs = encodeSequence(
    encodeInteger(1),
    algorithm,
    parseCertificate(authority.intermediate).subject,
    encodeTime(thisUpdate),
    encodeTime(NOW + 30 * DAY),
    ...(entries > 0 ? [encodeSequence(all)] : []),
  );
  return encodeSequence(tbs, algorithm, encodeBitString(sign('sha256', tbs, issuing())));
}

/** So many genuine lists, each of another minute. */
export function manyLists(authority: Authority, count: number, entries = 0): Uint8Array[] {
  return repeat(count, (n) => listWith(authority, entries, NOW - 10 * DAY + n * 60_000));
}

const AUTHORITIES: readonly DistinguishedName[] = [
  { countryName: 'VN', organizationName: 'Ba Khong', commonName: 'Development CA ca' },
  ...repeat(9, (n): DistinguishedName => ({ commonName: `Cross ${n}` })),
];

/**
 * Certificates of ten authorities that certified each other, one of them by the name of the issuing authority and with another key:
 * the graph has more paths than anyone could follow, and none leads to trust.
 */
export function crossCertificates(count: number): Uint8Array[] {
  const { privateKey, publicKey } = keyPair('p256', 'cross');
  const names = AUTHORITIES;
  return repeat(count, (n) =>
    issueCertificate(
      {
        subject: names[n % names.length]!,
        publicKey,
        notBefore: NOW - 100 * DAY,
        notAfter: NOW + 1000 * DAY,
        ca: {},
        keyUsage: ['keyCertSign'],
        serial: 1000 + n,
      },
      { name: names[Math.floor(n / names.length) % names.length]!, key: privateKey, algorithm: ECDSA },
    ),
  );
}

/** Someone whom one of these authorities certified. @param chain what the signature brings along */
export function crossSigner(chain: readonly Uint8Array[]): Signer {
  const { privateKey, publicKey } = keyPair('p256', 'cross-signer');
  const validity = { notBefore: NOW - DAY, notAfter: NOW + DAY };
  const issuer = { name: AUTHORITIES[1]!, key: keyPair('p256', 'cross').privateKey, algorithm: ECDSA };
  const certificate = issueCertificate(
    { subject: { commonName: 'Nobody' }, publicKey, keyUsage: ['nonRepudiation'], ...validity },
    issuer,
  );
  return { ...createMemorySigningKey(privateKey, ECDSA), certificate, chain };
}

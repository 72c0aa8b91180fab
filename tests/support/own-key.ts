import { constants, sign } from 'node:crypto';
import { buildCertificationRequest } from '../../lib/pki/certification-request.ts';
import { createMemorySigningKey } from '../../lib/pki/memory-signing-key.ts';
import { encodePem } from '../../lib/pki/pem.ts';
import { usualAlgorithm } from '../../lib/pki/signer.ts';
import { type Caller, callApi } from './call.ts';
import { type CaseWorld, OPERATOR } from './case-world.ts';
import { type CertificateSpec, type KeyKind, keyPair } from './pki/authority.ts';

/** What `…/signing/prepare` answers. */
export interface Prepared {
  readonly session: string;
  readonly expiresAt: string;
  readonly message: string;
  readonly digest: string;
  readonly algorithm: { readonly scheme: string; readonly hash: string };
  readonly code?: string;
}

/** PKCS#10 in PEM by the key itself. */
export async function requestOf(kind: KeyKind, label: string): Promise<string> {
  const { privateKey, publicKey } = keyPair(kind, label);
  const publicKeyInfo = publicKey.export({ format: 'der', type: 'spki' });
  const key = createMemorySigningKey(privateKey, usualAlgorithm({ publicKeyInfo }));
  return encodePem('CERTIFICATE REQUEST', await buildCertificationRequest(key, { commonName: 'x' }, publicKeyInfo));
}

/** Gives a person a key that stays with them: certified by the world's authority, installed with the request as proof. */
export async function giveOwnKey(
  { authority, directory }: Pick<CaseWorld, 'authority' | 'directory'>,
  person: Caller,
  kind: KeyKind = 'p256',
  { label = person.sub, ...spec }: Partial<CertificateSpec> & { readonly label?: string } = {},
) {
  const { publicKey } = keyPair(kind, label);
  const leaf = authority.issue({ subject: { countryName: 'VN', commonName: `Lãnh đạo ${label}` }, publicKey, ...spec });
  const certificate = [leaf, authority.intermediate].map((der) => encodePem('CERTIFICATE', der)).join('');
  const body = { certificate, request: await requestOf(kind, label) };
  return callApi(directory, OPERATOR, `PUT /api/people/${person.sub}/certificate`, body);
}

/** What the holder does at home: a signature over the message, in base64. */
export function signAtHome(kind: KeyKind, label: string, { message, algorithm }: Prepared, p1363 = false): string {
  const key = keyPair(kind, label).privateKey;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const how = {
    key,
    ...(algorithm.scheme === 'rsa-pss' ? pss : {}),
    ...(p1363 ? { dsaEncoding: 'ieee-p1363' as const } : {}),
  };
  return sign(algorithm.hash, Buffer.from(message, 'base64'), how).toString('base64');
}

import { createPrivateKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PublicKeyInfo } from 'pkijs';
import { readFileIfThere, writePrivateFile } from '../private-file.ts';
import { derOf, type Issuer, keyIdOf, parseCertificate, signCertificate } from './certificates.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  issuerAddress,
  keyUsage,
  revocationList,
  subjectKeyIdentifier,
} from './extensions.ts';
import { toDer, toPem } from './pem.ts';
import { distinguishedName } from './subject.ts';

export interface AuthorityKeys {
  readonly root: Issuer;
  readonly issuing: Issuer;
}

export interface AuthorityPlace {
  readonly dir: string;
  /** Address that certificates and revocation lists are served under. */
  readonly baseUrl: string;
  readonly now: () => number;
}

const YEAR = 365.25 * 86_400_000;
const ROOT_NAME = 'Gốc chứng thực thử nghiệm (chỉ dùng trên máy này)';
const ISSUING_NAME = 'Chứng thực chữ ký số thử nghiệm (chỉ dùng trên máy này)';
const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** The authority's two certificates and keys: read from `dir`, or made there (P-256, mode 0600) at the first start. */
export async function authorityKeys(place: AuthorityPlace): Promise<AuthorityKeys> {
  const kept = await Promise.all(['root', 'issuing'].map((name) => readIssuer(place.dir, name)));
  const [root, issuing] = kept;
  return root && issuing ? { root, issuing } : makeAuthority(place);
}

async function makeAuthority(place: AuthorityPlace): Promise<AuthorityKeys> {
  const root = await makeRoot(place);
  const issuing = await makeIssuing(place, root);
  return { root, issuing };
}

async function makeRoot({ dir, now }: AuthorityPlace): Promise<Issuer> {
  const { privateKey, publicKey, key } = await newKey();
  const content = {
    subject: distinguishedName([
      { type: 'C', value: 'VN' },
      { type: 'O', value: 'Máy phát triển' },
      { type: 'CN', value: ROOT_NAME },
    ]),
    publicKey,
    notBefore: now() - 86_400_000,
    notAfter: now() + 20 * YEAR,
    extensions: [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign'), subjectKeyIdentifier(keyIdOf(publicKey))],
  };
  return keep(dir, 'root', { certificate: await signCertificate(content, { key }), key }, privateKey);
}

async function makeIssuing({ dir, baseUrl, now }: AuthorityPlace, root: Issuer): Promise<Issuer> {
  const { privateKey, publicKey, key } = await newKey();
  const content = {
    subject: distinguishedName([
      { type: 'C', value: 'VN' },
      { type: 'O', value: 'Máy phát triển' },
      { type: 'CN', value: ISSUING_NAME },
    ]),
    publicKey,
    notBefore: now() - 86_400_000,
    notAfter: now() + 10 * YEAR,
    extensions: [
      basicConstraints(true, 0),
      keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyIdentifier(keyIdOf(publicKey)),
      authorityKeyIdentifier(keyIdOf(root.certificate.subjectPublicKeyInfo)),
      issuerAddress(`${baseUrl}/root.cer`),
      revocationList(`${baseUrl}/root.crl`),
    ],
  };
  return keep(dir, 'issuing', { certificate: await signCertificate(content, root), key }, privateKey);
}

async function newKey() {
  const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const spki = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }));
  return {
    privateKey: pair.privateKey,
    publicKey: PublicKeyInfo.fromBER(spki.buffer),
    key: await usable(pair.privateKey),
  };
}

function usable(privateKey: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, EC_P256, false, ['sign']);
}

/** The key goes last: where it stands, its certificate does too. */
async function keep(dir: string, name: string, issuer: Issuer, privateKey: KeyObject): Promise<Issuer> {
  await writePrivateFile(join(dir, `${name}.cer.pem`), toPem('CERTIFICATE', derOf(issuer.certificate)));
  await writePrivateFile(join(dir, `${name}.key.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  return issuer;
}

async function readIssuer(dir: string, name: string): Promise<Issuer | undefined> {
  const pem = await readFileIfThere(join(dir, `${name}.key.pem`));
  if (pem === undefined) return undefined;
  const certificate = parseCertificate(toDer(await readFile(join(dir, `${name}.cer.pem`))));
  return { certificate, key: await usable(createPrivateKey(pem)) };
}

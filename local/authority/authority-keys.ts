import { createPrivateKey, generateKeyPair, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PublicKeyInfo } from 'pkijs';
import { readFileIfThere, writePrivateFile } from '../private-file.ts';
import { derOf, type Issuer, keyIdOf, parseCertificate, signCertificate } from './certificates.ts';
import {
  authorityAccess,
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  ocspNoCheck,
  ocspSigning,
  revocationList,
  subjectKeyIdentifier,
  timestampingOnly,
} from './extensions.ts';
import { toDer, toPem } from './pem.ts';
import { distinguishedName } from './subject.ts';

export interface AuthorityKeys {
  readonly root: Issuer;
  readonly issuing: Issuer;
  /** Answers OCSP for the issuing authority. */
  readonly responder: Issuer;
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
const RESPONDER_NAME = 'Trả lời trạng thái chứng thư thử nghiệm (chỉ dùng trên máy này)';
const TIMESTAMPS_NAME = 'Dấu thời gian thử nghiệm (chỉ dùng trên máy này)';
const TIMESTAMP_YEARS = 3;
/** A timestamp certificate with less time left than this is replaced, ms. */
const TIMESTAMP_OVERLAP = YEAR;
const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** The authority's certificates and keys: read from `dir`, or made there (P-256, mode 0600) at the first start. */
export async function authorityKeys(place: AuthorityPlace): Promise<AuthorityKeys> {
  const root = (await readIssuer(place.dir, 'root')) ?? (await makeRoot(place));
  const issuing = (await readIssuer(place.dir, 'issuing')) ?? (await makeIssuing(place, root));
  const responder = (await readIssuer(place.dir, 'responder')) ?? (await makeResponder(place, issuing));
  return { root, issuing, responder };
}

/** The address that the issuing authority was made for: it names where its issuer's certificate is. */
export function addressIn(issuing: Pick<Issuer, 'certificate'>): string {
  const { infoAccess = '' } = new X509Certificate(derOf(issuing.certificate));
  const address = /^CA Issuers - URI:(\S+)\/root\.cer$/m.exec(infoAccess)?.[1];
  if (!address) throw new Error('The issuing authority names no address.');
  return address;
}

async function makeRoot({ dir, now }: AuthorityPlace): Promise<Issuer> {
  const { privateKey, publicKey, key } = await newKey();
  const content = {
    subject: nameOf(ROOT_NAME),
    publicKey,
    notBefore: now() - 86_400_000,
    notAfter: now() + 20 * YEAR,
    extensions: [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign'), subjectKeyIdentifier(keyIdOf(publicKey))],
  };
  return keep(dir, 'root', { certificate: await signCertificate(content, { key }), key, privateKey });
}

async function makeIssuing({ dir, baseUrl, now }: AuthorityPlace, root: Issuer): Promise<Issuer> {
  const { privateKey, publicKey, key } = await newKey();
  const content = {
    subject: nameOf(ISSUING_NAME),
    publicKey,
    notBefore: now() - 86_400_000,
    notAfter: now() + 10 * YEAR,
    extensions: [
      basicConstraints(true, 0),
      keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyIdentifier(keyIdOf(publicKey)),
      authorityKeyIdentifier(keyIdOf(root.certificate.subjectPublicKeyInfo)),
      authorityAccess({ issuer: `${baseUrl}/root.cer` }),
      revocationList(`${baseUrl}/root.crl`),
    ],
  };
  return keep(dir, 'issuing', { certificate: await signCertificate(content, root), key, privateKey });
}

async function makeResponder({ dir, now }: AuthorityPlace, issuing: Issuer): Promise<Issuer> {
  const { privateKey, publicKey, key } = await newKey();
  const content = {
    subject: nameOf(RESPONDER_NAME),
    publicKey,
    notBefore: now() - 86_400_000,
    notAfter: issuing.certificate.notAfter.value.getTime(),
    extensions: [
      basicConstraints(false),
      keyUsage('digitalSignature'),
      ocspSigning(),
      ocspNoCheck(),
      subjectKeyIdentifier(keyIdOf(publicKey)),
      authorityKeyIdentifier(keyIdOf(issuing.certificate.subjectPublicKeyInfo)),
    ],
  };
  return keep(dir, 'responder', { certificate: await signCertificate(content, issuing), key, privateKey });
}

/** The timestamp service's certificate: the one in `dir` as long as it has time left, then a new one with a new key. */
export async function timestampKeys(place: AuthorityPlace, issuing: Issuer): Promise<Issuer> {
  const kept = await readIssuer(place.dir, 'timestamps');
  const runsOut = kept && kept.certificate.notAfter.value.getTime() - place.now() < TIMESTAMP_OVERLAP;
  return kept && !runsOut ? kept : makeTimestampService(place, issuing);
}

async function makeTimestampService({ dir, baseUrl, now }: AuthorityPlace, issuing: Issuer): Promise<Issuer> {
  const { privateKey, publicKey, key } = await newKey();
  const content = {
    subject: nameOf(TIMESTAMPS_NAME),
    publicKey,
    notBefore: now() - 86_400_000,
    notAfter: Math.min(now() + TIMESTAMP_YEARS * YEAR, issuing.certificate.notAfter.value.getTime()),
    extensions: [
      basicConstraints(false),
      keyUsage('digitalSignature'),
      timestampingOnly(),
      subjectKeyIdentifier(keyIdOf(publicKey)),
      authorityKeyIdentifier(keyIdOf(issuing.certificate.subjectPublicKeyInfo)),
      authorityAccess({ issuer: `${baseUrl}/issuing.cer`, ocsp: `${baseUrl}/ocsp` }),
      revocationList(`${baseUrl}/issuing.crl`),
    ],
  };
  return keep(dir, 'timestamps', { certificate: await signCertificate(content, issuing), key, privateKey });
}

function nameOf(commonName: string) {
  return distinguishedName([
    { type: 'C', value: 'VN' },
    { type: 'O', value: 'Máy phát triển' },
    { type: 'CN', value: commonName },
  ]);
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
async function keep(dir: string, name: string, issuer: Issuer): Promise<Issuer> {
  const key = issuer.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  await writePrivateFile(join(dir, `${name}.cer.pem`), toPem('CERTIFICATE', derOf(issuer.certificate)));
  await writePrivateFile(join(dir, `${name}.key.pem`), key);
  return issuer;
}

async function readIssuer(dir: string, name: string): Promise<Issuer | undefined> {
  const pem = await readFileIfThere(join(dir, `${name}.key.pem`));
  if (pem === undefined) return undefined;
  const certificate = parseCertificate(toDer(await readFile(join(dir, `${name}.cer.pem`))));
  const privateKey = createPrivateKey(pem);
  return { certificate, key: await usable(privateKey), privateKey };
}

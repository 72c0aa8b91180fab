import { createHmac, createPrivateKey, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import forge from 'node-forge';
import { ProblemError } from '../platform/errors.ts';
import { keyFitsScheme, type SigningAlgorithm } from './algorithms.ts';
import { type Certificate, parseCertificate, publicKeyOf } from './certificate.ts';
import { equalBytes } from './der.ts';
import { createMemorySigningKey } from './memory-signing-key.ts';
import { algorithmForKey, type Signer } from './signer.ts';

/**
 * Opens a PKCS#12 container (RFC 7292), legacy ciphers too, and signs with its key in memory. node-forge reads the
 * container because OpenSSL 3 refuses RC2; the signatures are made by node:crypto. Nothing is written or logged.
 *
 * @param algorithm how to sign; without it RSA keys sign PKCS#1 v1.5 and EC keys ECDSA, with SHA-256 (SHA-384 on P-384)
 * @throws ProblemError `pkcs12_unreadable`, `certificate_key_mismatch`, `certificate_invalid`
 */
export function openPkcs12Signer(container: Uint8Array, password: string, algorithm?: SigningAlgorithm): Signer {
  const { key, certificates } = readBags(container, password);
  const parsed = certificates.map(parseCertificate);
  const publicKey = createPublicKey(key);
  const own = parsed.find((certificate) => publicKeyOf(certificate)?.equals(publicKey));
  const chosen = algorithm ?? algorithmForKey(key);
  if (!own || !chosen || !keyFitsScheme(key, chosen.scheme)) throw new ProblemError('certificate_key_mismatch');
  return {
    ...createMemorySigningKey(key, chosen),
    certificate: own.der,
    chain: issuersOf(own, parsed).map((issuer) => issuer.der),
  };
}

/** The first private key and all certificates. Why a container cannot be opened is not told: it would help guessing. */
function readBags(container: Uint8Array, password: string): { key: KeyObject; certificates: Uint8Array[] } {
  try {
    const bags = unlock(container, password).safeContents.flatMap((content) => content.safeBags);
    const keyBag = bags.find(
      (bag) => bag.type === forge.pki.oids.pkcs8ShroudedKeyBag || bag.type === forge.pki.oids.keyBag,
    );
    if (!keyBag) throw new Error('no private key');
    // forge understands RSA only; what it does not understand it hands over as it stands.
    const keyInfo = keyBag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(keyBag.key)) : keyBag.asn1;
    const certificates = bags
      .filter((bag) => bag.type === forge.pki.oids.certBag)
      .map((bag) => toDer(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));
    return { key: createPrivateKey({ key: toDer(keyInfo), format: 'der', type: 'pkcs8' }), certificates };
  } catch {
    throw new ProblemError('pkcs12_unreadable');
  }
}

/**
 * PKCS#12's own ciphers and its MAC take the password as UTF-16, PBES2 as UTF-8 (RFC 7292 App. B.1, RFC 8018 §6.2). forge
 * takes one text for both, so that a password beyond ASCII opens a PBES2 container only in two steps.
 */
function unlock(container: Uint8Array, password: string): forge.pkcs12.Pkcs12Pfx {
  const parse = () => forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(container).toString('latin1')));
  const utf8 = forge.util.encodeUtf8(password);
  try {
    return forge.pkcs12.pkcs12FromAsn1(parse(), password);
  } catch (error) {
    if (utf8 === password) throw error;
  }
  const pfx = parse();
  checkMac(pfx, password);
  (pfx.value as forge.asn1.Asn1[]).length = 2;
  return forge.pkcs12.pkcs12FromAsn1(pfx, utf8);
}

const MAC_HASHES: Readonly<Record<string, 'sha1' | 'sha256' | 'sha384' | 'sha512'>> = {
  [forge.pki.oids.sha1 as string]: 'sha1',
  [forge.pki.oids.sha256 as string]: 'sha256',
  [forge.pki.oids.sha384 as string]: 'sha384',
  [forge.pki.oids.sha512 as string]: 'sha512',
};

/** MacData of a container (RFC 7292 §4, key by App. B with ID 3). @throws Error when there is none or it does not fit */
function checkMac(pfx: forge.asn1.Asn1, password: string): void {
  const at = (from: forge.asn1.Asn1, ...path: readonly number[]) =>
    path.reduce((node, n) => (node.value as forge.asn1.Asn1[])[n] as forge.asn1.Asn1, from);
  const text = (node: forge.asn1.Asn1) => node.value as string;
  const content = text(at(pfx, 1, 1, 0));
  const mac = at(pfx, 2);
  const hash = MAC_HASHES[forge.asn1.derToOid(text(at(mac, 0, 0, 0)))];
  if (!hash) throw new Error('a MAC of an unknown kind');
  const digest = Buffer.from(text(at(mac, 0, 1)), 'latin1');
  const iterations = (mac.value as forge.asn1.Asn1[])[2];
  const md = forge.md[hash].create();
  const rounds = iterations ? Number.parseInt(forge.util.bytesToHex(text(iterations)), 16) : 1;
  // biome-ignore format: the arguments of RFC 7292 App. B.2 in its order
  const key = forge.pkcs12.generateKey(password, forge.util.createBuffer(text(at(mac, 1))), 3, rounds, md.digestLength, md);
  const own = createHmac(hash, Buffer.from(key.getBytes(), 'latin1')).update(content, 'latin1').digest();
  if (own.length !== digest.length || !timingSafeEqual(own, digest)) throw new Error('the MAC does not fit');
}

function toDer(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(value).getBytes(), 'latin1');
}

/** The certificates of the container that lead up from `certificate`, nearest first; roots are left out. */
function issuersOf(certificate: Certificate, candidates: readonly Certificate[]): Certificate[] {
  const path: Certificate[] = [];
  for (let below = certificate; path.length < candidates.length; ) {
    const issuer = candidates.find((candidate) => equalBytes(candidate.subject, below.issuer) && candidate !== below);
    if (!issuer || equalBytes(issuer.subject, issuer.issuer)) break;
    path.push(issuer);
    below = issuer;
  }
  return path;
}

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { ProblemError } from '../platform/errors.ts';
import { keyFitsScheme, type SigningAlgorithm } from './algorithms.ts';
import { type Certificate, parseCertificate, publicKeyOf } from './certificate.ts';
import { equalBytes } from './der.ts';
import { createMemorySigningKey } from './memory-signing-key.ts';
import type { Signer } from './signer.ts';

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
  const chosen = algorithm ?? defaultAlgorithm(key);
  if (!own || !keyFitsScheme(key, chosen.scheme)) throw new ProblemError('certificate_key_mismatch');
  return {
    ...createMemorySigningKey(key, chosen),
    certificate: own.der,
    chain: issuersOf(own, parsed).map((issuer) => issuer.der),
  };
}

function defaultAlgorithm(key: KeyObject): SigningAlgorithm {
  if (key.asymmetricKeyType !== 'ec')
    return { scheme: key.asymmetricKeyType === 'rsa-pss' ? 'rsa-pss' : 'rsa-pkcs1', hash: 'sha256' };
  return { scheme: 'ecdsa', hash: key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256' };
}

/** The first private key and all certificates. Why a container cannot be opened is not told: it would help guessing. */
function readBags(container: Uint8Array, password: string): { key: KeyObject; certificates: Uint8Array[] } {
  try {
    const pfx = forge.pkcs12.pkcs12FromAsn1(
      forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(container).toString('latin1'))),
      password,
    );
    const bags = pfx.safeContents.flatMap((content) => content.safeBags);
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

import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { ValidationData } from '../../../lib/pdf/validation-data.ts';
import { encodeSignatureAlgorithm, type SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import { KEY_USAGES, type KeyUsage, parseCertificate } from '../../../lib/pki/certificate.ts';
import type { TrustAnchor } from '../../../lib/pki/certificate-path.ts';
import { checkRevocationList } from '../../../lib/pki/check-crl.ts';
import { contextTag, TAG } from '../../../lib/pki/der.ts';
import {
  encode,
  encodeBitString,
  encodeBoolean,
  encodeInteger,
  encodeNamedBits,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTime,
} from '../../../lib/pki/der-writer.ts';
import { type DistinguishedName, encodeName } from '../../../lib/pki/distinguished-name.ts';
import { createMemorySigningKey } from '../../../lib/pki/memory-signing-key.ts';
import { OID } from '../../../lib/pki/oids.ts';
import type { RevocationPort } from '../../../lib/pki/revocation-client.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';

/** A development certification authority: the authority is made up, the cryptography and the encodings are real. */

export type KeyKind = 'rsa' | 'p256' | 'p384';
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const DAY = 86_400_000;
/** The time in most tests: 9 March 2026, 08:15 in Viet Nam. */
export const NOW = Date.parse('2026-03-09T08:15:00+07:00');

const keys = new Map<string, KeyPair>();

/** A key pair; the same `label` gives the same one in a run, so that slow RSA keys are made once. */
export function keyPair(kind: KeyKind, label = 'signer'): KeyPair {
  const id = `${kind}/${label}`;
  const pair = keys.get(id) ?? generate(kind);
  keys.set(id, pair);
  return pair;
}

function generate(kind: KeyKind): KeyPair {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: kind === 'p256' ? 'P-256' : 'P-384' });
}

/** What can be wrong with a certificate is a parameter here. */
export interface CertificateSpec {
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyUsage?: readonly KeyUsage[];
  readonly extendedKeyUsage?: readonly string[];
  readonly ca?: { readonly pathLength?: number };
  readonly criticalExtension?: string;
  readonly serial?: number;
}

interface Issuing {
  readonly name: DistinguishedName;
  readonly key: KeyObject;
  readonly algorithm: SigningAlgorithm;
}

/** A certificate in DER, signed by `issuer`. */
export function issueCertificate(spec: CertificateSpec, issuer: Issuing): Uint8Array {
  const publicKeyInfo = spec.publicKey.export({ format: 'der', type: 'spki' });
  const keyId = createHash('sha1').update(publicKeyInfo).digest();
  const extension = (oid: string, critical: boolean, value: Uint8Array) =>
    encodeSequence(encodeOid(oid), ...(critical ? [encodeBoolean(true)] : []), encodeOctetString(value));
  const extensions = [extension(OID.subjectKeyIdentifier, false, encodeOctetString(keyId))];
  if (spec.ca) {
    const { pathLength } = spec.ca;
    extensions.push(
      extension(
        OID.basicConstraints,
        true,
        encodeSequence(encodeBoolean(true), ...(pathLength === undefined ? [] : [encodeInteger(pathLength)])),
      ),
    );
  }
  if (spec.keyUsage)
    extensions.push(
      extension(OID.keyUsage, true, encodeNamedBits(spec.keyUsage.map((usage) => KEY_USAGES.indexOf(usage)))),
    );
  if (spec.extendedKeyUsage)
    extensions.push(extension(OID.extendedKeyUsage, false, encodeSequence(...spec.extendedKeyUsage.map(encodeOid))));
  if (spec.criticalExtension) extensions.push(extension(spec.criticalExtension, true, encodeSequence()));
  const algorithm = encodeSignatureAlgorithm(issuer.algorithm);
  const serial =
    spec.serial ??
    createHash('sha256').update(publicKeyInfo).update(JSON.stringify(spec.subject)).digest().subarray(0, 12);
  const tbs = encodeSequence(
    encode(contextTag(0), encodeInteger(2)),
    encodeInteger(serial),
    algorithm,
    encodeName(issuer.name),
    encodeSequence(encodeTime(spec.notBefore), encodeTime(spec.notAfter)),
    encodeName(spec.subject),
    publicKeyInfo,
    encode(contextTag(3), encodeSequence(...extensions)),
  );
  return encodeSequence(tbs, algorithm, encodeBitString(sign(issuer.algorithm.hash, tbs, issuer.key)));
}

/** A certificate that was revoked: when (epoch ms) and why (RFC 5280 §5.3.1). */
export interface Revoked {
  readonly certificate: Uint8Array;
  readonly at: number;
  readonly reason?: number;
}

/** A revocation list in DER, signed by `issuer`, in force from `thisUpdate` to `nextUpdate` (epoch ms). */
export function revocationList(
  { thisUpdate, nextUpdate, revoked = [] }: ListSpec & { readonly thisUpdate: number; readonly nextUpdate: number },
  issuer: Issuing,
): Uint8Array {
  const algorithm = encodeSignatureAlgorithm(issuer.algorithm);
  const entries = revoked.map(({ certificate, at, reason }) => {
    const serial = encode(TAG.integer, parseCertificate(certificate).serialNumber);
    const why = encodeSequence(
      encodeOid(OID.crlReason),
      encodeOctetString(encode(TAG.enumerated, Uint8Array.of(reason ?? 0))),
    );
    return encodeSequence(serial, encodeTime(at), ...(reason === undefined ? [] : [encodeSequence(why)]));
  });
  const tbs = encodeSequence(
    encodeInteger(1),
    algorithm,
    encodeName(issuer.name),
    encodeTime(thisUpdate),
    encodeTime(nextUpdate),
    ...(entries.length > 0 ? [encodeSequence(...entries)] : []),
  );
  return encodeSequence(tbs, algorithm, encodeBitString(sign(issuer.algorithm.hash, tbs, issuer.key)));
}

export interface ListSpec {
  readonly revoked?: readonly Revoked[];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number;
}

export interface Authority {
  readonly root: Uint8Array;
  readonly intermediate: Uint8Array;
  readonly trust: readonly TrustAnchor[];
  /** Lists of both authorities that are in force all the time and name nobody. */
  readonly material: ValidationData;
  /** Answers from `material`. */
  readonly revocation: RevocationPort;
  /** A list of the intermediate authority; in force all the time unless told. */
  list(spec: ListSpec): Uint8Array;
  /** The same of the root. */
  rootList(spec: ListSpec): Uint8Array;
  /** A certificate from the intermediate authority. */
  issue(spec: Partial<CertificateSpec> & Pick<CertificateSpec, 'subject' | 'publicKey'>): Uint8Array;
  /** A signer with a key in memory and a certificate of this authority. */
  signer(options?: SignerOptions): Signer;
}

export interface SignerOptions extends Partial<Omit<CertificateSpec, 'publicKey'>> {
  readonly kind?: KeyKind;
  readonly label?: string;
  readonly algorithm?: SigningAlgorithm;
}

const ECDSA: SigningAlgorithm = { scheme: 'ecdsa', hash: 'sha256' };

/** Root and intermediate authority whose certificates are good around `now` (epoch ms). */
export function createAuthority(now = NOW, label = 'ca'): Authority {
  const rootKey = keyPair('p256', `${label}-root`);
  const intermediateKey = keyPair('p256', `${label}-intermediate`);
  const rootName = { countryName: 'VN', organizationName: 'Ba Khong', commonName: `Development Root ${label}` };
  const name = { countryName: 'VN', organizationName: 'Ba Khong', commonName: `Development CA ${label}` };
  const validity = { notBefore: now - 1000 * DAY, notAfter: now + 3000 * DAY };
  const caUsage = { keyUsage: ['keyCertSign', 'cRLSign'] as const };
  const rootIssuing = { name: rootName, key: rootKey.privateKey, algorithm: ECDSA };
  const root = issueCertificate(
    { subject: rootName, publicKey: rootKey.publicKey, ca: {}, ...validity, ...caUsage },
    rootIssuing,
  );
  const intermediate = issueCertificate(
    { subject: name, publicKey: intermediateKey.publicKey, ca: { pathLength: 0 }, ...validity, ...caUsage },
    rootIssuing,
  );
  const issuing = { name, key: intermediateKey.privateKey, algorithm: ECDSA };
  const issue: Authority['issue'] = (spec) =>
    issueCertificate(
      {
        notBefore: now - 30 * DAY,
        notAfter: now + 700 * DAY,
        keyUsage: ['digitalSignature', 'nonRepudiation'],
        ...spec,
      },
      issuing,
    );
  const list = (spec: ListSpec, by: Issuing) =>
    revocationList({ thisUpdate: now - 29 * DAY, nextUpdate: validity.notAfter, ...spec }, by);
  const material = { certificates: [], ocsps: [], lists: [list({}, rootIssuing), list({}, issuing)] };
  return {
    root,
    intermediate,
    material,
    revocation: answersFrom(material.lists),
    list: (spec) => list(spec, issuing),
    rootList: (spec) => list(spec, rootIssuing),
    trust: [{ certificate: root, from: now - 1000 * DAY, until: null }],
    issue,
    signer({ kind = 'p256', label: keyLabel, algorithm, ...spec } = {}) {
      const { privateKey, publicKey } = keyPair(kind, keyLabel);
      const subject = spec.subject ?? {
        commonName: 'Lê Thị Hạnh',
        organizationName: 'UBND xã Hoằng Hóa',
        countryName: 'VN',
      };
      const chosen = algorithm ?? defaultAlgorithm(kind);
      return {
        ...createMemorySigningKey(privateKey, chosen),
        certificate: issue({ ...spec, subject, publicKey }),
        chain: [intermediate],
      };
    },
  };
}

export function defaultAlgorithm(kind: KeyKind): SigningAlgorithm {
  if (kind === 'rsa') return { scheme: 'rsa-pkcs1', hash: 'sha256' };
  return { scheme: 'ecdsa', hash: kind === 'p256' ? 'sha256' : 'sha384' };
}

/** Answers from lists, as an authority would that is asked for them. */
function answersFrom(lists: readonly Uint8Array[]): RevocationPort {
  return {
    async ask(pair, now) {
      for (const der of lists) {
        const state = checkRevocationList(der, { ...pair, now, freshAt: now, accepts: acceptsSignature });
        if (state.ok) return { kind: 'crl', der, state };
      }
      throw new ProblemError('revocation_unavailable');
    },
    issuersOf: async () => [],
  };
}

import { CertificationRequest, type PublicKeyInfo } from 'pkijs';
import { addressIn, authorityKeys, timestampKeys } from './authority-keys.ts';
import { derOf, type Issuer, keyIdOf, parseCertificate, signCertificate } from './certificates.ts';
import {
  authorityAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificateType,
  documentSigning,
  keyUsage,
  type Profile,
  revocationList,
  subjectKeyIdentifier,
} from './extensions.ts';
import type { Faults } from './faults.ts';
import { answerOcsp } from './ocsp-responder.ts';
import { toDer, toPem } from './pem.ts';
import { makeRevocationList } from './revocation-list.ts';
import { keepRevocations, type Revocations, serialText } from './revocations.ts';
import { distinguishedName, type SubjectPart } from './subject.ts';
import { answerTimestamp } from './timestamp-service.ts';

export type { Profile } from './extensions.ts';
export type { SubjectPart } from './subject.ts';

export interface AuthorityOptions {
  readonly dir: string;
  readonly clock: { now(): number };
  /** Address that its certificates and revocation lists are served under; what stands in its certificates already stays. */
  readonly baseUrl: string;
}

export interface IssueRequest {
  /** PKCS#10 request, DER or PEM. Its signature must be that of the key it asks for. */
  readonly csr: Uint8Array;
  /** Instead of the name in the request. */
  readonly subject?: readonly SubjectPart[];
  readonly profile: Profile;
  readonly days: number;
}

/** Certificates in DER. */
export interface IssuedCertificate {
  readonly certificate: Uint8Array;
  /** Issuing authority, then root. */
  readonly chain: readonly Uint8Array[];
  /** Certificate and chain, PEM, without the root. */
  readonly pem: string;
}

/** A development authority: its certificates are real, and worth nothing outside this machine. */
export interface Authority {
  /** The address that stands in all it issues: that of its first start. */
  readonly baseUrl: string;
  readonly rootCertificate: Uint8Array;
  /** Issuing authority, then root. */
  readonly chain: readonly Uint8Array[];
  /** @throws AuthorityError */
  issue(request: IssueRequest): Promise<IssuedCertificate>;
  /** Revokes a certificate of the issuing authority, from now on. */
  revoke(certificate: Uint8Array, reason?: number): Promise<void>;
  /** The present list of revoked certificates of either authority, DER. The root revokes nothing. */
  revocationList(of: 'root' | 'issuing'): Promise<Uint8Array>;
  /** OCSPRequest → OCSPResponse, for certificates of the issuing authority. */
  ocsp(request: Uint8Array): Promise<Uint8Array>;
  /** TimeStampReq → TimeStampResp. */
  timestamp(request: Uint8Array): Promise<Uint8Array>;
  /** What goes wrong at present. */
  readonly faults: Faults;
}

export type AuthorityErrorCode = 'MalformedRequest' | 'WrongSignature' | 'WeakKey' | 'NoSubject' | 'BadValidity';

export class AuthorityError extends Error {
  readonly code: AuthorityErrorCode;
  constructor(code: AuthorityErrorCode, message: string) {
    super(message);
    this.name = 'AuthorityError';
    this.code = code;
  }
}

const DAY = 86_400_000;
/** Certificates begin a little in the past: other clocks may be slow. */
const SLACK = 5 * 60_000;
const UNSPECIFIED = 0;
const EC_CURVES = ['1.2.840.10045.3.1.7', '1.3.132.0.34'];
const RSA_BITS = 2048;

export async function createAuthority({ dir, clock, ...first }: AuthorityOptions): Promise<Authority> {
  const now = () => clock.now();
  const keys = await authorityKeys({ dir, baseUrl: first.baseUrl, now });
  const baseUrl = addressIn(keys.issuing);
  const place = { dir, baseUrl, now };
  const revocations = await keepRevocations(dir);
  const faults: Faults = new Map();
  const chain = [derOf(keys.issuing.certificate), derOf(keys.root.certificate)];
  const responder = { issuer: keys.issuing, delegate: keys.responder, revocations, now };
  // One at a time: a certificate that runs out is replaced once.
  let service = Promise.resolve(await timestampKeys(place, keys.issuing));
  return {
    baseUrl,
    rootCertificate: derOf(keys.root.certificate),
    chain,
    faults,
    async issue(request) {
      const certificate = await issue(keys.issuing, request, baseUrl, now());
      const pem = [certificate, ...chain.slice(0, 1)].map((der) => toPem('CERTIFICATE', der)).join('');
      return { certificate, chain, pem };
    },
    revoke: (certificate, reason = UNSPECIFIED) => revoke(revocations, certificate, reason, now()),
    revocationList: (of) =>
      makeRevocationList(keys[of], of === 'issuing' ? revocations.all() : [], {
        now: now(),
        outOfDate: faults.get('crl') === 'out_of_date',
      }),
    ocsp: async (request) => answerOcsp(responder, request, faults.get('ocsp')),
    async timestamp(request) {
      service = service.then(() => timestampKeys(place, keys.issuing));
      return answerTimestamp(
        { signer: await service, chain: chain.slice(0, 1), now: now() },
        request,
        faults.get('timestamp'),
      );
    },
  };
}

async function revoke(revocations: Revocations, certificate: Uint8Array, reason: number, now: number): Promise<void> {
  let serialNumber: string;
  try {
    serialNumber = serialText(parseCertificate(toDer(certificate)).serialNumber.valueBlock.valueHexView);
  } catch {
    throw new AuthorityError('MalformedRequest', 'This is not a certificate.');
  }
  await revocations.add({ serialNumber, revokedAt: Math.floor(now / 1000) * 1000, reason });
}

async function issue(issuer: Issuer, request: IssueRequest, baseUrl: string, now: number): Promise<Uint8Array> {
  const csr = await provenRequest(request.csr);
  const subject = request.subject ? distinguishedName(request.subject) : csr.subject;
  if (subject.typesAndValues.length === 0) throw new AuthorityError('NoSubject', 'The request names nobody.');
  const notAfter = now + request.days * DAY;
  if (!(request.days > 0) || notAfter > issuer.certificate.notAfter.value.getTime()) {
    throw new AuthorityError('BadValidity', 'A certificate ends after it begins, and no later than its issuer.');
  }
  const publicKey = csr.subjectPublicKeyInfo;
  const certificate = await signCertificate(
    {
      subject,
      publicKey,
      notBefore: now - SLACK,
      notAfter,
      extensions: [
        basicConstraints(false),
        keyUsage('digitalSignature', 'nonRepudiation'),
        documentSigning(),
        certificateType(request.profile),
        subjectKeyIdentifier(keyIdOf(publicKey)),
        authorityKeyIdentifier(keyIdOf(issuer.certificate.subjectPublicKeyInfo)),
        authorityAccess({ issuer: `${baseUrl}/issuing.cer`, ocsp: `${baseUrl}/ocsp` }),
        revocationList(`${baseUrl}/issuing.crl`),
      ],
    },
    issuer,
  );
  return derOf(certificate);
}

/** A request whose signature shows that its sender holds the key (RFC 2986 §4.2), a key that is strong enough. */
async function provenRequest(bytes: Uint8Array): Promise<CertificationRequest> {
  let csr: CertificationRequest;
  try {
    csr = CertificationRequest.fromBER(toDer(bytes).buffer);
  } catch {
    throw new AuthorityError('MalformedRequest', 'This is not a PKCS#10 request.');
  }
  if (!isStrong(csr.subjectPublicKeyInfo)) {
    throw new AuthorityError('WeakKey', 'Only RSA of 2048 bits and more, P-256 and P-384 are certified.');
  }
  const proven = await csr.verify().catch(() => false);
  if (!proven) throw new AuthorityError('WrongSignature', 'The request is not signed with the key that it asks for.');
  return csr;
}

function isStrong({ parsedKey, algorithm }: PublicKeyInfo): boolean {
  if (!parsedKey) return false;
  if ('modulus' in parsedKey) {
    const bytes = parsedKey.modulus.valueBlock.valueHexView;
    return (bytes[0] === 0 ? bytes.length - 1 : bytes.length) * 8 >= RSA_BITS;
  }
  const curve = algorithm.algorithmParams?.valueBlock?.toString();
  return EC_CURVES.includes(String(curve));
}

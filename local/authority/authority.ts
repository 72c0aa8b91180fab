import { CertificateRevocationList, CertificationRequest, Extensions, type PublicKeyInfo } from 'pkijs';
import { type AuthorityKeys, authorityKeys } from './authority-keys.ts';
import { derOf, type Issuer, keyIdOf, signCertificate, timeOf } from './certificates.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  certificateType,
  crlNumber,
  documentSigning,
  issuerAddress,
  keyUsage,
  type Profile,
  revocationList,
  subjectKeyIdentifier,
} from './extensions.ts';
import { toDer, toPem } from './pem.ts';
import { distinguishedName, type SubjectPart } from './subject.ts';

export type { Profile } from './extensions.ts';
export type { SubjectPart } from './subject.ts';

export interface AuthorityOptions {
  readonly dir: string;
  readonly clock: { now(): number };
  /** Address that the authority's certificates and revocation lists are served under; stands in what it issues. */
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
  readonly rootCertificate: Uint8Array;
  /** Issuing authority, then root. */
  readonly chain: readonly Uint8Array[];
  /** @throws AuthorityError */
  issue(request: IssueRequest): Promise<IssuedCertificate>;
  /** The present list of revoked certificates of either authority: empty so far. DER. */
  revocationList(of: 'root' | 'issuing'): Promise<Uint8Array>;
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
const CRL_DAYS = 7;
const EC_CURVES = ['1.2.840.10045.3.1.7', '1.3.132.0.34'];
const RSA_BITS = 2048;

export async function createAuthority({ dir, clock, baseUrl }: AuthorityOptions): Promise<Authority> {
  const keys = await authorityKeys({ dir, baseUrl, now: () => clock.now() });
  const chain = [derOf(keys.issuing.certificate), derOf(keys.root.certificate)];
  return {
    rootCertificate: derOf(keys.root.certificate),
    chain,
    async issue(request) {
      const certificate = await issue(keys.issuing, request, baseUrl, clock.now());
      const pem = [certificate, ...chain.slice(0, 1)].map((der) => toPem('CERTIFICATE', der)).join('');
      return { certificate, chain, pem };
    },
    revocationList: (of) => emptyRevocationList(keys[of as keyof AuthorityKeys], clock.now()),
  };
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
        issuerAddress(`${baseUrl}/issuing.cer`),
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

async function emptyRevocationList(issuer: Issuer, now: number): Promise<Uint8Array> {
  const list = new CertificateRevocationList();
  list.version = 1;
  list.issuer = issuer.certificate.subject;
  list.thisUpdate = timeOf(now);
  list.nextUpdate = timeOf(now + CRL_DAYS * DAY);
  const keyId = keyIdOf(issuer.certificate.subjectPublicKeyInfo);
  list.crlExtensions = new Extensions({
    extensions: [authorityKeyIdentifier(keyId), crlNumber(Math.floor(now / 1000))],
  });
  await list.sign(issuer.key, 'SHA-256');
  return new Uint8Array(list.toSchema(true).toBER());
}

import { createHash, type KeyObject, webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import type { AuthorityPort } from '../../../lib/pki/authority-port.ts';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import type { TrustAnchor } from '../../../lib/pki/certificate-path.ts';
import { buildCertificationRequest } from '../../../lib/pki/certification-request.ts';
import { createMemorySigningKey } from '../../../lib/pki/memory-signing-key.ts';
import { createRevocationClient, type RevocationPort } from '../../../lib/pki/revocation-client.ts';
import type { Signer } from '../../../lib/pki/signer.ts';
import { createTimestampClient, type TimestampPort } from '../../../lib/pki/timestamp-client.ts';
import { ProblemError } from '../../../lib/platform/errors.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { type Authority, createAuthority, type IssueRequest } from '../../../local/authority/authority.ts';
import { type Issuer, parseCertificate as readIssuer } from '../../../local/authority/certificates.ts';
import { answerRequest } from '../../../local/authority/routes.ts';
import { defaultAlgorithm, type KeyKind, keyPair, NOW } from './authority.ts';

/** The laptop's authority in this process: the same answers as over HTTP, with a clock that a test sets. */
export interface DevelopmentAuthority {
  readonly authority: Authority;
  readonly clock: { now: number };
  readonly trust: readonly TrustAnchor[];
  /** Goes straight to the authority's routes. */
  readonly send: AuthorityPort;
  /** What was asked for, as `POST /authority/ocsp`, in order. */
  readonly calls: string[];
  readonly timestamps: TimestampPort;
  readonly revocation: RevocationPort;
  signer(options?: DevelopmentSigner): Promise<Signer>;
  close(): Promise<void>;
}

export interface DevelopmentSigner extends Partial<Pick<IssueRequest, 'subject' | 'profile' | 'days'>> {
  readonly kind?: KeyKind;
  readonly label?: string;
  readonly algorithm?: SigningAlgorithm;
}

export const BASE_URL = 'http://authority.example/authority';

export async function openDevelopmentAuthority(at = NOW): Promise<DevelopmentAuthority> {
  const dir = await mkdtemp(join(tmpdir(), 'authority-'));
  const clock = { now: at };
  const authority = await createAuthority({ dir, clock: { now: () => clock.now }, baseUrl: BASE_URL });
  const calls: string[] = [];
  const send: AuthorityPort = async ({ url, method, body, contentType }) => {
    const { origin, pathname, searchParams: query } = new URL(url);
    if (!BASE_URL.startsWith(origin)) throw new ProblemError('authority_not_allowed');
    const route = `${method} ${pathname}`;
    calls.push(route);
    const answer = await answerRequest(authority, { route, query, contentType, body: body ?? new Uint8Array() });
    if (answer === 'late') throw new ProblemError('authority_unreachable', { detail: 'no answer in time' });
    if (answer.status !== 200) throw new ProblemError('authority_unreachable', { detail: `status ${answer.status}` });
    return Buffer.from(answer.body);
  };
  const trust = [{ certificate: authority.rootCertificate, from: 0, until: null }];
  const deps = { send, attempts: 1, wait: async () => {}, random: counted(), accepts: acceptsSignature };
  const stamping = { ...deps, trust, now: () => clock.now };
  return {
    authority,
    clock,
    trust,
    send,
    calls,
    timestamps: createTimestampClient([{ url: `${BASE_URL}/timestamp`, largestToken: 4096 }], stamping),
    revocation: createRevocationClient(deps),
    signer: (options) => certified(authority, options),
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Octets that differ each time and are the same in each run. */
export function counted(): (octets: number) => Uint8Array {
  let calls = 0;
  return (octets) => {
    calls += 1;
    return createHash('sha512').update(`nonce ${calls}`).digest().subarray(0, octets);
  };
}

/** A key in memory with a certificate that the authority issued for it. */
export async function certified(
  authority: Authority,
  { kind = 'p256', label = 'signer', algorithm, profile = 'person', days = 365, subject }: DevelopmentSigner = {},
): Promise<Signer> {
  const { privateKey, publicKey } = keyPair(kind, label);
  const key = createMemorySigningKey(privateKey, algorithm ?? defaultAlgorithm(kind));
  const publicKeyInfo = publicKey.export({ format: 'der', type: 'spki' });
  const csr = await buildCertificationRequest(
    key,
    { commonName: `Người ký ${label}`, countryName: 'VN' },
    publicKeyInfo,
  );
  const { certificate, chain } = await authority.issue({ csr, profile, days, ...(subject ? { subject } : {}) });
  return { ...key, certificate, chain: chain.slice(0, 1) };
}

/** The parts of a signer's chain, parsed. */
export function chainOf(authority: Authority, signer: Pick<Signer, 'certificate'>) {
  const [issuing, root] = authority.chain.map(parseCertificate);
  return { certificate: parseCertificate(signer.certificate), issuer: issuing!, root: root! };
}

/** A certificate of any kind with its key, to put in the place of one of the authority's own services. */
export async function serviceWith(certificate: Uint8Array, privateKey: KeyObject): Promise<Issuer> {
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const key = await webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return { certificate: readIssuer(Uint8Array.from(certificate)), key, privateKey };
}

import { isProblem, ProblemError } from '../platform/errors.ts';
import { authorityAddresses } from './authority-addresses.ts';
import { type AuthorityPort, type Patience, sendPatiently } from './authority-port.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { checkRevocationList } from './check-crl.ts';
import { checkOcsp } from './check-ocsp.ts';
import { readSignedData } from './cms-reader.ts';
import { readableCertificates } from './cms-signer.ts';
import { DerError, equalBytes } from './der.ts';
import { type CertificatePair, encodeOcspRequest } from './ocsp.ts';
import type { RevocationFault, RevocationQuestion, RevocationState } from './revocation.ts';

/** A checked answer, and its bytes to keep as proof. */
export interface RevocationAnswer {
  readonly kind: 'ocsp' | 'crl';
  /** OCSPResponse or CertificateList in DER. */
  readonly der: Uint8Array;
  readonly state: RevocationState;
}

/** What certification authorities say about certificates. */
export interface RevocationPort {
  /**
   * Is the certificate revoked at `now` (epoch ms)? By OCSP, or by the list where OCSP does not answer.
   * @throws ProblemError `revocation_unavailable`, `revocation_invalid`
   */
  ask(pair: CertificatePair, now: number): Promise<RevocationAnswer>;
  /** Certificates found where the certificate says that its issuer's stands; none of them is trusted. Empty when it is not to be had. */
  issuersOf(certificate: Certificate): Promise<readonly Certificate[]>;
}

export interface RevocationDeps extends Patience, Pick<RevocationQuestion, 'accepts'> {
  readonly send: AuthorityPort;
  /** Unpredictable octets, for nonces. */
  readonly random: (octets: number) => Uint8Array;
}

const NONCE_OCTETS = 16;
const MAX_OCSP = 64 * 1024;
const MAX_CERTIFICATES = 64 * 1024;
const MAX_LIST = 32 * 1024 * 1024;

type Attempt = RevocationAnswer | { readonly fault: RevocationFault } | { readonly unreachable: string };

/** Asks the services that the certificates themselves name; where these may be is the port's to decide. */
export function createRevocationClient(deps: RevocationDeps): RevocationPort {
  return {
    async ask(pair, now) {
      const { ocsp, lists } = authorityAddresses(pair.certificate);
      const failed: Attempt[] = [];
      for (const [url, attempt] of [
        ...ocsp.map((one) => [one, askResponder] as const),
        ...lists.map((one) => [one, askList] as const),
      ]) {
        const answer = await attempt(url, { ...pair, now, freshAt: now, accepts: deps.accepts }, deps);
        if ('der' in answer) return answer;
        failed.push(answer);
      }
      throw problemOf(failed);
    },
    async issuersOf(certificate) {
      for (const url of authorityAddresses(certificate).issuers) {
        const found = await fetchCertificates(url, deps);
        if (found.some(({ subject }) => equalBytes(subject, certificate.issuer))) return found;
      }
      return [];
    },
  };
}

async function askResponder(url: string, question: RevocationQuestion, deps: RevocationDeps): Promise<Attempt> {
  const nonce = deps.random(NONCE_OCTETS);
  const der = await reach(deps, {
    url,
    method: 'POST',
    contentType: 'application/ocsp-request',
    accept: 'application/ocsp-response',
    body: encodeOcspRequest(question, nonce),
    maxBytes: MAX_OCSP,
  });
  if (typeof der === 'string') return { unreachable: der };
  const state = checkOcsp(der, { ...question, nonce });
  return state.ok ? { kind: 'ocsp', der, state } : { fault: state.fault };
}

async function askList(url: string, question: RevocationQuestion, deps: RevocationDeps): Promise<Attempt> {
  const der = await reach(deps, { url, method: 'GET', accept: 'application/pkix-crl', maxBytes: MAX_LIST });
  if (typeof der === 'string') return { unreachable: der };
  const state = checkRevocationList(der, question);
  return state.ok ? { kind: 'crl', der, state } : { fault: state.fault };
}

/** A certificate, or several in a certs-only CMS (RFC 5280 §4.2.2.1); what is neither gives none. */
async function fetchCertificates(url: string, deps: RevocationDeps): Promise<readonly Certificate[]> {
  const der = await reach(deps, { url, method: 'GET', accept: 'application/pkix-cert', maxBytes: MAX_CERTIFICATES });
  if (typeof der === 'string') return [];
  for (const read of [() => [readCertificate(der)], () => readableCertificates(readSignedData(der).certificates)]) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
    }
  }
  return [];
}

/** The answer, or why there is none. */
async function reach(deps: RevocationDeps, request: Parameters<AuthorityPort>[0]): Promise<Uint8Array | string> {
  try {
    return await sendPatiently(deps, request);
  } catch (error) {
    if (isProblem(error, 'authority_unreachable', 'authority_not_allowed')) return error.detail ?? error.code;
    throw error;
  }
}

/** A wrong answer says more than none. */
function problemOf(failed: readonly Attempt[]): ProblemError {
  const faults = failed.flatMap((one) => ('fault' in one ? [one.fault] : []));
  if (faults.length > 0) return new ProblemError('revocation_invalid', { detail: faults.join(', ') });
  const reasons = failed.flatMap((one) => ('unreachable' in one ? [one.unreachable] : []));
  return new ProblemError('revocation_unavailable', {
    detail: reasons.join(', ') || 'the certificate names no revocation service',
  });
}

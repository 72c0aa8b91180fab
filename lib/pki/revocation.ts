import type { Certificate } from './certificate.ts';

/** Why an OCSP answer or a revocation list says nothing about a certificate. */
export type RevocationFault =
  | 'malformed'
  | 'refused'
  | 'unknown_certificate'
  | 'nonce_wrong'
  | 'signer_missing'
  | 'signer_not_authorised'
  | 'algorithm_not_accepted'
  | 'signature_wrong'
  | 'from_the_future'
  | 'out_of_date'
  | 'expired_certificate'
  | 'critical_extension'
  | 'out_of_scope';

/** What is asked of an OCSP answer or a revocation list. */
export interface RevocationQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** The present time, epoch ms: nothing is believed that was made later. */
  readonly now: number;
  /** The answer must be in force, or newer, at this time (epoch ms): it is out of date when its nextUpdate is earlier. */
  readonly freshAt: number;
  /** The dated algorithm policy, for the signature on the answer. */
  readonly accepts: (signed: Pick<Certificate, 'signatureAlgorithm'>, signer: Certificate, at: number) => boolean;
}

export interface RevocationState {
  readonly ok: true;
  readonly status: 'good' | 'revoked';
  /** Epoch ms; of revoked certificates. */
  readonly revokedAt?: number;
  /** CRLReason (RFC 5280 §5.3.1). */
  readonly reason?: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Whose key signed the answer: the issuer, or a responder that it delegated to. */
  readonly signer: Certificate;
}

/** What an answer says about a certificate, or why it says nothing. */
export type RevocationFindings = RevocationState | { readonly ok: false; readonly fault: RevocationFault };

/** Clocks of authorities and readers differ by this much without harm, ms. */
export const CLOCK_TOLERANCE = 5 * 60_000;
/** How long an answer without nextUpdate counts as new, ms: "newer information is always available" (RFC 6960 §4.2.2.1). */
const OPEN_ENDED = 24 * 3_600_000;

/** thisUpdate and nextUpdate against the question's times. */
export function checkUpdates(
  { thisUpdate, nextUpdate }: { readonly thisUpdate: number; readonly nextUpdate: number | undefined },
  { now, freshAt }: RevocationQuestion,
): RevocationFault | undefined {
  if (thisUpdate > now + CLOCK_TOLERANCE) return 'from_the_future';
  return freshAt > (nextUpdate ?? thisUpdate + OPEN_ENDED) + CLOCK_TOLERANCE ? 'out_of_date' : undefined;
}

/**
 * True when "good" says nothing: the certificate had expired when the answer was made, and authorities may drop the state of those
 * (RFC 5280 §3.3, RFC 6960 §4.4.4, EN 319 102-1 §5.2.5). `keptSince`: they keep it of certificates that expired then or later, epoch ms.
 */
export function mayBeDropped(
  thisUpdate: number,
  { notAfter }: Pick<Certificate, 'notAfter'>,
  keptSince: number | undefined,
): boolean {
  return thisUpdate > notAfter && (keptSince === undefined || keptSince > notAfter);
}

export function noAnswer(fault: RevocationFault): RevocationFindings {
  return { ok: false, fault };
}

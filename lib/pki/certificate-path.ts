import { verifySignature } from './algorithms.ts';
import { type Certificate, parseCertificate, publicKeyOf } from './certificate.ts';
import { equalBytes } from './der.ts';

/** A certificate that is trusted by decision, and when that decision holds (epoch ms, both inclusive; null: until further notice). */
export interface TrustAnchor {
  readonly certificate: Uint8Array;
  readonly from: number;
  readonly until: number | null;
}

/** Why no path holds; of several, the one of the most promising path. */
export type PathFailure =
  | 'no_path_to_trust'
  | 'anchor_not_trusted_then'
  | 'certificate_not_valid_then'
  | 'issuer_may_not_issue'
  | 'path_too_long'
  | 'unknown_critical_extension'
  | 'algorithm_not_accepted'
  | 'search_limit';

export interface PathRequest {
  readonly certificate: Certificate;
  /** Certificates that came with the signature: never trusted, only used to fill the path. */
  readonly intermediates: readonly Certificate[];
  readonly trust: readonly TrustAnchor[];
  /** The time at which everything must hold, epoch ms. */
  readonly at: number;
  /** The dated algorithm policy, applied to every certificate of the path but the anchor. */
  readonly accepts: (certificate: Certificate, issuer: Certificate, at: number) => boolean;
}

export type PathResult =
  | { readonly ok: true; readonly path: readonly Certificate[] }
  | { readonly ok: false; readonly failure: PathFailure; readonly at?: Certificate };

const MAX_PATH = 10;
const MAX_SIGNATURE_CHECKS = 200;

/**
 * Builds and validates a path from a certificate up to a trust anchor (RFC 5280 §6.1): names chain, signatures verify,
 * every certificate is valid at `at`, issuers are CAs that may sign certificates, path lengths and critical extensions
 * are kept. Revocation is not looked at here. An anchor ends the path by being byte-equal to a certificate or by having issued it;
 * its own validity is what the trust list says.
 */
export function buildPath(request: PathRequest): PathResult {
  const anchors = request.trust.map((anchor) => ({ ...anchor, parsed: parseCertificate(anchor.certificate) }));
  const search: Search = { ...request, anchors, checks: 0, failure: { ok: false, failure: 'no_path_to_trust' } };
  const path = extend(search, [request.certificate]);
  return path ? { ok: true, path } : search.failure;
}

interface Search extends PathRequest {
  readonly anchors: readonly (TrustAnchor & { readonly parsed: Certificate })[];
  checks: number;
  failure: PathResult & { ok: false };
}

/** Depth-first over possible issuers; `path` holds from the leaf up to the certificate whose issuer is sought. */
function extend(search: Search, path: readonly Certificate[]): readonly Certificate[] | undefined {
  const top = path.at(-1)!;
  const self = search.anchors.filter(({ parsed }) => equalBytes(parsed.der, top.der));
  if (self.some((anchor) => trustedThen(anchor, search.at))) return withinBounds(search, top, path) ? path : undefined;
  if (self.length > 0) return fail(search, 'anchor_not_trusted_then', top);
  if (!withinBounds(search, top, path)) return undefined;
  if (path.length >= MAX_PATH) return fail(search, 'path_too_long', top);

  const anchors = search.anchors.filter(({ parsed }) => equalBytes(parsed.subject, top.issuer));
  for (const anchor of anchors) {
    if (!issued(search, anchor.parsed, top)) continue;
    if (!trustedThen(anchor, search.at)) fail(search, 'anchor_not_trusted_then', anchor.parsed);
    else if (mayIssue(search, anchor.parsed, path)) return [...path, anchor.parsed];
  }
  for (const issuer of search.intermediates) {
    if (!equalBytes(issuer.subject, top.issuer) || path.some((below) => equalBytes(below.der, issuer.der))) continue;
    if (!issued(search, issuer, top) || !mayIssue(search, issuer, path)) continue;
    const whole = extend(search, [...path, issuer]);
    if (whole) return whole;
  }
  return undefined;
}

function trustedThen({ from, until }: TrustAnchor, at: number): boolean {
  return at >= from && (until === null || at <= until);
}

/** Validity and critical extensions of one certificate of the path. */
function withinBounds(search: Search, certificate: Certificate, path: readonly Certificate[]): boolean {
  if (search.at < certificate.notBefore || search.at > certificate.notAfter)
    fail(search, 'certificate_not_valid_then', certificate);
  else if (certificate.unprocessedCritical.length > 0) fail(search, 'unknown_critical_extension', certificate);
  else return path.length <= MAX_PATH;
  return false;
}

/** Did `issuer`'s key sign `subject`, with an algorithm that is accepted? */
function issued(search: Search, issuer: Certificate, subject: Certificate): boolean {
  search.checks += 1;
  if (search.checks > MAX_SIGNATURE_CHECKS) {
    fail(search, 'search_limit', subject);
    return false;
  }
  if (!isSignedBy(subject, issuer)) return false;
  if (search.accepts(subject, issuer, search.at)) return true;
  fail(search, 'algorithm_not_accepted', subject);
  return false;
}

/** By whom a certificate was found to be signed, or not: the same for all who ask, at whatever time. */
const signedBy = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

/** Did `issuer`'s key sign the certificate? Nothing else is looked at. */
export function isSignedBy(subject: Certificate, issuer: Certificate): boolean {
  const known = signedBy.get(subject) ?? new WeakMap<Certificate, boolean>();
  signedBy.set(subject, known);
  const found = known.get(issuer) ?? verifies(subject, issuer);
  known.set(issuer, found);
  return found;
}

function verifies({ signatureAlgorithm, tbs, signature }: Certificate, issuer: Certificate): boolean {
  const key = publicKeyOf(issuer);
  if (!key || !signatureAlgorithm?.hash) return false;
  return verifySignature({ ...signatureAlgorithm, hash: signatureAlgorithm.hash }, key, tbs, signature);
}

/** basicConstraints, keyUsage and pathLenConstraint of an issuer above `path` (RFC 5280 §4.2.1.3, §4.2.1.9). */
function mayIssue(search: Search, issuer: Certificate, path: readonly Certificate[]): boolean {
  const { basicConstraints, keyUsage } = issuer;
  // A v1 root of old may be trusted by the list, but what is not marked as a CA issues nothing here.
  if (!basicConstraints?.ca || (keyUsage !== undefined && !keyUsage.has('keyCertSign'))) {
    fail(search, 'issuer_may_not_issue', issuer);
    return false;
  }
  const below = path.slice(1).filter(({ subject, issuer: by }) => !equalBytes(subject, by)).length;
  if (basicConstraints.pathLength !== undefined && below > basicConstraints.pathLength) {
    fail(search, 'path_too_long', issuer);
    return false;
  }
  return true;
}

function fail(search: Search, failure: PathFailure, at: Certificate): undefined {
  // The first finding other than "no path" is kept: it belongs to the path that was tried first.
  if (search.failure.failure === 'no_path_to_trust' || failure === 'search_limit')
    search.failure = { ok: false, failure, at };
  return undefined;
}

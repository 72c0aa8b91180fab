import { type Certificate, fingerprint } from '../../pki/certificate.ts';
import { buildPath, type TrustAnchor } from '../../pki/certificate-path.ts';
import { OID } from '../../pki/oids.ts';
import type { RevocationState } from '../../pki/revocation.ts';
import { acceptsSignature } from './algorithm-policy.ts';
import type { ProofsOfExistence } from './proofs-of-existence.ts';
import { type Reason, reason } from './reasons.ts';
import type { Answer, ValidationEvidence } from './validation-evidence.ts';

/** What every step of a validation shares. */
export interface ValidationContext {
  /** The dated trust list: where every chain must end. */
  readonly trust: readonly TrustAnchor[];
  /** The present of the validation, epoch ms. */
  readonly at: number;
  readonly evidence: ValidationEvidence;
  readonly proofs: ProofsOfExistence;
}

/** When a certificate was used, as it is believed, and since when that is proven; both epoch ms. */
export interface TimeOfUse {
  readonly usedAt: number;
  readonly provenAt: number;
}

/** What was found of the revocation of one certificate of a chain. */
export interface RevocationFinding {
  readonly certificate: Certificate;
  /** undefined: nobody says. `not_needed`: it lives too short to be revoked, or its issuer says that it need not be asked about. */
  readonly answer: Answer | 'not_needed' | undefined;
}

export interface ChainFindings {
  readonly reasons: readonly Reason[];
  /** From the certificate to the trust anchor; empty when none holds. */
  readonly path: readonly Certificate[];
  readonly revocation: readonly RevocationFinding[];
}

/**
 * Does a certificate chain to trust, valid and not revoked, at the time that counts (EN 319 102-1 §5.2.6, §5.6.2.1)? The chain must hold at
 * `provenAt`: what is not proven to be older is judged as if it were made now.
 */
export async function judgeChain(
  certificate: Certificate,
  intermediates: readonly Certificate[],
  time: TimeOfUse,
  context: ValidationContext,
): Promise<ChainFindings> {
  const { trust, evidence } = context;
  const search = () =>
    buildPath({
      certificate,
      intermediates: [...intermediates, ...evidence.certificates],
      trust,
      at: time.provenAt,
      accepts: acceptsSignature,
    });
  const first = search();
  const result = !first.ok && (await evidence.fetchIssuers(certificate)) ? search() : first;
  if (!result.ok) return { reasons: [reason(result.failure)], path: [], revocation: [] };
  return { path: result.path, ...(await judgeRevocation(result.path, time, context)) };
}

/** Asks about every certificate of a path but the anchor, which is trusted by decision; about responders that answered too. */
async function judgeRevocation(
  path: readonly Certificate[],
  time: TimeOfUse,
  context: ValidationContext,
): Promise<Pick<ChainFindings, 'reasons' | 'revocation'>> {
  const revocation = new Map<string, RevocationFinding>();
  const reasons: Reason[] = [];
  const pending = path.slice(0, -1).map((certificate, index) => ({ certificate, issuer: path[index + 1]! }));
  const leaf = pending[0]?.certificate;
  for (let pair = pending.shift(); pair; pair = pending.shift()) {
    const { certificate, issuer } = pair;
    const name = fingerprint(certificate);
    if (revocation.has(name)) continue;
    const answer = needsNoAnswer(certificate)
      ? 'not_needed'
      : await context.evidence.answerOn(pair, time.usedAt, context.proofs);
    revocation.set(name, { certificate, answer });
    if (answer === 'not_needed') continue;
    if (!answer) reasons.push(reason('revocation_unknown'));
    else if (wasRevoked(answer.state, time))
      reasons.push(reason(certificate === leaf ? 'certificate_revoked' : 'issuer_revoked'));
    const signer = answer?.state.signer;
    if (signer && fingerprint(signer) !== fingerprint(issuer)) pending.push({ certificate: signer, issuer });
  }
  return { reasons, revocation: [...revocation.values()] };
}

/** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1) and validity-assured short-term certificates (EN 319 412-1 §5.2.2). */
function needsNoAnswer({ extensions }: Certificate): boolean {
  return extensions.has(OID.ocspNoCheck) || extensions.has(OID.validityAssuredShortTerm);
}

/** Reasons (RFC 5280 §5.3.1) after which what the key signed before is still good: it was not lost (RFC 3161 §4). */
const KEY_WAS_SAFE = [3, 4, 5, 9];

/** Revoked before it was used; or before the use is proven, and the key may have been in other hands. */
function wasRevoked({ status, revokedAt, reason: why }: RevocationState, { usedAt, provenAt }: TimeOfUse): boolean {
  if (status !== 'revoked') return false;
  if (revokedAt === undefined || revokedAt <= usedAt) return true;
  return revokedAt <= provenAt && !(why !== undefined && KEY_WAS_SAFE.includes(why));
}

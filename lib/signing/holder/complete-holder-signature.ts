import type { Approval } from '../../cases/approval.ts';
import type { Directory } from '../../directory/directory.ts';
import { ecdsaSignatureOf, verifySignature } from '../../pki/algorithms.ts';
import { publicKeyOf } from '../../pki/certificate.ts';
import { usableCertificate } from '../../pki/signer.ts';
import { ProblemError } from '../../platform/errors.ts';
import { canonicalJson } from '../../platform/hash.ts';
import type { Id } from '../../platform/ids.ts';
import type { HolderSession } from './holder-session.ts';

/** What a holder hands in. */
export interface HandedIn {
  readonly session: Id;
  readonly signature: Uint8Array;
  /** `p1363`: an ECDSA signature as r and s one after the other, which is what browsers make (W3C WebCrypto §23.7). */
  readonly format: 'der' | 'p1363';
}

/**
 * The approval with the holder's signature in it, once all of it holds: capacity and certificate are what they were when it
 * was prepared, the certificate can still be signed with, and the signature is its key's over just what was prepared.
 * @param approval the leader's approval as it is now; where the signature was put when it was prepared is added
 * @throws ProblemError `signing_session_outdated`, `certificate_*`, `signature_mismatch`
 */
export async function completedApproval(
  { directory }: { readonly directory: Pick<Directory, 'signerOf'> },
  session: HolderSession,
  approval: Approval,
  { signature, format }: Pick<HandedIn, 'signature' | 'format'>,
): Promise<Approval> {
  const { facts } = session;
  const { placed } = session.approval;
  const { at, own: _, ...approved } = { ...approval, ...(placed ? { placed } : {}) };
  const present = await directory.signerOf({ kind: 'person', id: approval.by }, at);
  const certificate = Buffer.from(facts.certificate, 'base64');
  const same =
    canonicalJson(approved) === canonicalJson(session.approval) &&
    certificate.equals(present.certificate) &&
    canonicalJson(present.algorithm) === canonicalJson(facts.algorithm);
  if (!same) throw new ProblemError('signing_session_outdated');
  const key = publicKeyOf(usableCertificate({ certificate, algorithm: facts.algorithm }, at));
  const value = format === 'p1363' ? ecdsaSignatureOf(signature) : signature;
  const message = Buffer.from(session.message, 'base64');
  if (!key || !verifySignature(facts.algorithm, key, message, value)) {
    throw new ProblemError('signature_mismatch', { field: 'signature' });
  }
  return { ...approved, at, own: { ...facts, signature: Buffer.from(value).toString('base64') } };
}

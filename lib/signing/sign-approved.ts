import type { Approval } from '../cases/approval.ts';
import { type Document, type DocumentVersion, latestVersion } from '../documents/document.ts';
import type { EpochMs } from '../platform/clock.ts';
import { type Code, isProblem, ProblemError } from '../platform/errors.ts';
import type { PadesLevel } from '../signatures/levels/pades-level.ts';
import { approvedText, type ImageReadDeps, imageEntry } from './approved-text.ts';
import { signingOf } from './holder/given-signature.ts';
import { SIGNING_REFUSED } from './refused.ts';
import { type SigningDeps, signVersion } from './sign-version.ts';

/** A document as its leader approved it. */
export interface Approved {
  readonly document: Document;
  readonly approval: Approval;
  /** Place name of the unit. */
  readonly place: string;
  /** The level that the document is to be issued at. */
  readonly level: PadesLevel;
}

/** The signed version, stored; or why this file or this signer is refused for good. */
export type ApprovedSigning = { readonly version: DocumentVersion } | { readonly refused: Code };

/**
 * Signs what was approved with the leader's key, or with the signature that they have made already: the bytes that were
 * approved, and no others. The version is stored, not recorded: the caller's transaction does that.
 * @throws ProblemError `document_changed`; `signing_key_unavailable` and what else may pass when it is tried again
 */
export async function signApproved(
  deps: SigningDeps & ImageReadDeps,
  { document, approval, place, level }: Approved,
  at: EpochMs,
): Promise<ApprovedSigning> {
  const unsigned = latestVersion(document);
  if (unsigned.sha256 !== approval.sha256) throw new ProblemError('document_changed');
  const signing = signingOf(deps, approval, at);
  const location = approval.own?.location ?? place;
  try {
    const text = approvedText(approval, location, (await imageEntry(deps, approval)).image);
    const signer = await signing.deps.directory.signerOf({ kind: 'person', id: approval.by }, signing.signingTime);
    const { n, pages } = unsigned;
    const step = {
      document,
      unsigned,
      pages,
      n: n + 1,
      kind: 'signed',
      signer,
      level: signing.level(level),
      text,
      signingTime: signing.signingTime,
    } as const;
    return { version: await signVersion(signing.deps, step, at) };
  } catch (error) {
    if (isProblem(error, ...SIGNING_REFUSED)) return { refused: error.code };
    throw error;
  }
}

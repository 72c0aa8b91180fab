import type { KeyHolder } from '../directory/certificates.ts';
import type { Directory } from '../directory/directory.ts';
import { asTrustAnchor } from '../directory/trust.ts';
import type { Document, DocumentVersion, VersionKind } from '../documents/document.ts';
import type { DocumentObjects, StoredObject } from '../documents/documents.ts';
import { memorySource } from '../pdf/byte-source.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { verifyPdf } from '../signatures/verify-pdf.ts';
import type { SignatureText } from './appearance.ts';
import { type SignBytesDeps, signBytes } from './sign-bytes.ts';

export interface SigningDeps extends SignBytesDeps {
  readonly objects: Pick<DocumentObjects, 'read' | 'keep'>;
  readonly directory: Pick<Directory, 'signerOf' | 'trustAnchors' | 'unit' | 'person'>;
}

export interface SigningStep {
  readonly document: Document;
  /** The file as it is before this signature. */
  readonly bytes: Uint8Array;
  readonly pages: number;
  /** The version that is made, and its place. */
  readonly n: number;
  readonly kind: VersionKind;
  readonly holder: KeyHolder;
  readonly text: SignatureText;
}

/**
 * Signs a file and stores the signed version under its own key, once: an earlier run that got as far as storing it is
 * taken up where it stopped. Nothing is recorded yet; the caller's transaction does that.
 * @throws ProblemError `document_changed` when what lies under the key is not this file with this holder's signature
 */
export async function signVersion(deps: SigningDeps, step: SigningStep, at: EpochMs): Promise<DocumentVersion> {
  const facts = await deps.directory.signerOf(step.holder, at);
  const signed = await signBytes(deps, step.bytes, facts, step.text, at);
  const stored = await deps.objects.keep(step.document.id, step.n, step.kind, signed);
  if (stored.adopted) await checkOurs(deps, step, stored, at);
  const { key, versionId, sha256, bytes } = stored;
  return { n: step.n, kind: step.kind, key, versionId, sha256, bytes, pages: step.pages, at };
}

/**
 * An adopted file is ours when it begins with the very bytes that were to be signed, and all of it is covered by a valid
 * signature made with a certificate installed for the holder.
 */
async function checkOurs(deps: SigningDeps, step: SigningStep, stored: StoredObject, at: EpochMs): Promise<void> {
  const bytes = await deps.objects.read(stored);
  const startsRight = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(step.bytes.length, bytes.length)).equals(
    step.bytes,
  );
  const trust = (await deps.directory.trustAnchors()).map(asTrustAnchor);
  const verdict = await verifyPdf(memorySource(bytes), { trust, at });
  const certificates = await certificatesOf(deps, step.holder);
  const last = verdict.signatures.find((signature) => signature.coverage?.wholeFile);
  if (!startsRight || last?.status !== 'TOTAL_PASSED' || !certificates.includes(last.certificate?.sha256 ?? '')) {
    throw new ProblemError('document_changed', { detail: 'What is stored is not the file that was to be signed.' });
  }
}

async function certificatesOf(deps: SigningDeps, holder: KeyHolder): Promise<string[]> {
  const { certificates } =
    holder.kind === 'unit' ? await deps.directory.unit(holder.code) : await deps.directory.person(holder.id);
  return certificates.map((item) => item.sha256);
}

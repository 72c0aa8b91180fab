import type { KeyHolder, SignerFacts } from '../directory/certificates.ts';
import type { Directory } from '../directory/directory.ts';
import { asTrustAnchor } from '../directory/trust.ts';
import type { Document, DocumentVersion, VersionKind } from '../documents/document.ts';
import { prefixSource } from '../pdf/byte-source.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { coveredDigests, wholeFile } from '../signatures/covered-digests.ts';
import { verifyPdf } from '../signatures/verify-pdf.ts';
import type { SignatureText } from './appearance.ts';
import { type FileDeps, type FileToSign, openFileToSign, type Unsigned } from './file-to-sign.ts';
import { type SignBytesDeps, signBytes } from './sign-bytes.ts';

export interface SigningDeps extends SignBytesDeps, FileDeps {
  readonly directory: Pick<Directory, 'signerOf' | 'trustAnchors' | 'unit' | 'person'>;
}

export interface SigningStep {
  readonly document: Document;
  /** The file as it is before this signature. */
  readonly unsigned: Unsigned;
  readonly pages: number;
  /** The version that is made, and its place. */
  readonly n: number;
  readonly kind: VersionKind;
  /** Who signs, with which key and certificate. */
  readonly signer: SignerFacts;
  readonly text: SignatureText;
}

/**
 * Signs a file and stores the signed version under its own key, once: an earlier run that got as far as storing it is
 * taken up where it stopped. Nothing is recorded yet; the caller's transaction does that.
 * @throws ProblemError `document_changed` when what lies under the key is not this file with this holder's signature
 */
export async function signVersion(deps: SigningDeps, step: SigningStep, at: EpochMs): Promise<DocumentVersion> {
  const file = await openFileToSign(deps, step.unsigned);
  const signed = await signBytes(deps, file, step.signer, step.text, at);
  const stored = await file.keep({ documentId: step.document.id, n: step.n, kind: step.kind }, signed);
  const { key, versionId, sha256, bytes } = stored;
  const version = { n: step.n, kind: step.kind, key, versionId, sha256, bytes, pages: step.pages, at };
  if (stored.adopted) {
    await checkOurs(deps, step, file, version, at);
    return version;
  }
  const { hashState } = signed;
  return hashState ? { ...version, hashState: Buffer.from(hashState).toString('base64') } : version;
}

/**
 * An adopted file is ours when it begins with the very bytes that were to be signed, has the hash that it is said to have,
 * and all of it is covered by a valid signature made with a certificate installed for the holder. It is read for that,
 * twice, in constant memory.
 */
async function checkOurs(
  deps: SigningDeps,
  step: SigningStep,
  file: FileToSign,
  adopted: DocumentVersion,
  at: EpochMs,
): Promise<void> {
  const source = deps.objects.open(adopted);
  const { length } = file.source;
  const start = source.length >= length ? prefixSource(source, length) : source;
  const [startSha256] = await coveredDigests(start, [wholeFile(start)]);
  const startsRight = Buffer.from(startSha256 ?? []).toString('hex') === file.sha256;
  const trust = (await deps.directory.trustAnchors()).map(asTrustAnchor);
  const verdict = await verifyPdf(source, { trust, at });
  const certificates = await certificatesOf(deps, step.signer.holder);
  const last = verdict.signatures.find((signature) => signature.coverage?.wholeFile);
  const ours = last?.status === 'TOTAL_PASSED' && certificates.includes(last.certificate?.sha256 ?? '');
  if (!startsRight || verdict.file.sha256 !== adopted.sha256 || !ours) {
    throw new ProblemError('document_changed', { detail: 'What is stored is not the file that was to be signed.' });
  }
}

async function certificatesOf(deps: SigningDeps, holder: KeyHolder): Promise<string[]> {
  const { certificates } =
    holder.kind === 'unit' ? await deps.directory.unit(holder.code) : await deps.directory.person(holder.id);
  return certificates.map((item) => item.sha256);
}

import type { KeyHolder, SignerFacts } from '../directory/certificates.ts';
import type { Directory } from '../directory/directory.ts';
import { asTrustAnchors } from '../directory/trust.ts';
import type { Document, DocumentVersion, VersionKind } from '../documents/document.ts';
import { appendedSource } from '../pdf/byte-source.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { PadesLevel } from '../signatures/levels/pades-level.ts';
import type { Verdict } from '../signatures/validation/verdict.ts';
import { checkAdopted, onlyProofsAfter } from './adopted-file.ts';
import type { SignatureText } from './appearance.ts';
import { type FileDeps, openFileToSign, type Unsigned } from './file-to-sign.ts';
import { levelInFile, levelOf, signAndRaise } from './sign-and-raise.ts';
import type { SignBytesDeps } from './sign-bytes.ts';
import type { SignatureLevels } from './signature-levels.ts';

export interface SigningDeps extends SignBytesDeps, FileDeps {
  readonly directory: Pick<Directory, 'signerOf' | 'trustAnchors' | 'unit' | 'person'>;
  readonly levels: SignatureLevels;
}

export interface SigningStep {
  readonly document: Document;
  /** The file as it is before this signature. */
  readonly unsigned: Unsigned;
  readonly pages: number;
  /** The version that is made, and its place. */
  readonly n: number;
  readonly kind: VersionKind;
  /** That this signature is to have; that all are to have, where it is the last one. */
  readonly level: PadesLevel;
  /** Who signs, with which key and certificate. */
  readonly signer: SignerFacts;
  readonly text: SignatureText;
  /** When it was signed, where that was before the file is made; it stands in the file. */
  readonly signingTime?: EpochMs;
}

/**
 * Signs a file and stores the signed version under its own key, once: an earlier run that got as far as storing it is
 * taken up where it stopped. Nothing is recorded yet; the caller's transaction does that.
 * @throws ProblemError `document_changed` when what lies under the key is not this file with this holder's signature
 */
export async function signVersion(deps: SigningDeps, step: SigningStep, at: EpochMs): Promise<DocumentVersion> {
  const trust = (await deps.directory.trustAnchors()).flatMap(asTrustAnchors);
  const authorities = deps.levels.authorities(trust);
  const file = await openFileToSign(deps, step.unsigned);
  const order = { facts: step.signer, text: step.text, wanted: step.level, isLast: step.kind !== 'signed' };
  const signed = await signAndRaise(deps, file, order, authorities, step.signingTime ?? at);
  const stored = await file.keep({ documentId: step.document.id, n: step.n, kind: step.kind }, signed);
  const { key, versionId, sha256, bytes } = stored;
  const version = { n: step.n, kind: step.kind, key, versionId, sha256, bytes, pages: step.pages, at };
  const { renewBefore } = deps.levels;
  if (stored.adopted) {
    const certificates = await certificatesOf(deps, step.signer.holder);
    const { length } = file.source;
    await checkAdopted(deps.objects, file, version, { trust, at }, (verdict) => isOurs(verdict, certificates, length));
    const level = await levelInFile(deps.objects.open(version), step.level, renewBefore, authorities);
    return { ...version, level };
  }
  const { hashState } = signed;
  const level = await levelOf(appendedSource(file.source, signed.tail), signed, renewBefore);
  return { ...version, level, ...(hashState ? { hashState: Buffer.from(hashState).toString('base64') } : {}) };
}

/** An adopted file is ours when its last signature is valid, made with a certificate installed for the holder, and over all that came before. */
function isOurs({ signatures }: Verdict, certificates: readonly string[], unsignedBytes: number): boolean {
  const added = signatures.filter(
    ({ kind, coverage }) => kind !== 'document_timestamp' && (coverage?.revisionBytes ?? 0) > unsignedBytes,
  );
  const [last, ...more] = added;
  return (
    last !== undefined &&
    more.length === 0 &&
    // Its signer's certificate was looked at when it was made; whether it was revoked meanwhile is not asked again.
    last.reasons.every(({ code }) => code === 'revocation_unknown') &&
    certificates.includes(last.certificate?.sha256 ?? '') &&
    onlyProofsAfter(last, unsignedBytes)
  );
}

async function certificatesOf(deps: SigningDeps, holder: KeyHolder): Promise<string[]> {
  const { certificates } =
    holder.kind === 'unit' ? await deps.directory.unit(holder.code) : await deps.directory.person(holder.id);
  return certificates.map((item) => item.sha256);
}

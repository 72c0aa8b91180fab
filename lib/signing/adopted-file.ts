import type { DocumentVersion } from '../documents/document.ts';
import type { DocumentObjects } from '../documents/documents.ts';
import { prefixSource } from '../pdf/byte-source.ts';
import type { TrustAnchor } from '../pki/certificate-path.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { coveredDigests, wholeFile } from '../signatures/validation/covered-digests.ts';
import type { SignatureVerdict, Verdict } from '../signatures/validation/verdict.ts';
import { verifyPdf } from '../signatures/validation/verify-pdf.ts';
import type { ReadableFile } from './file-to-sign.ts';

/**
 * What lies under a version's key from an earlier run, judged: it begins with the very bytes that were to be changed, has the hash
 * that it is said to have, and `isOurs` holds for it. It is read for that, twice, in constant memory.
 * @throws ProblemError `document_changed`
 */
export async function checkAdopted(
  objects: Pick<DocumentObjects, 'open'>,
  file: ReadableFile,
  adopted: DocumentVersion,
  { trust, at }: { readonly trust: readonly TrustAnchor[]; readonly at: EpochMs },
  isOurs: (verdict: Verdict) => boolean,
): Promise<void> {
  const source = objects.open(adopted);
  const { length } = file.source;
  const start = source.length >= length ? prefixSource(source, length) : source;
  const [startSha256] = await coveredDigests(start, [wholeFile(start)]);
  const startsRight = Buffer.from(startSha256 ?? []).toString('hex') === file.sha256;
  const verdict = await verifyPdf(source, { trust, at });
  if (!startsRight || verdict.file.sha256 !== adopted.sha256 || !isOurs(verdict)) {
    throw new ProblemError('document_changed', { detail: 'What is stored is not the file that was to be made.' });
  }
}

/** Since the file was so long, only what proves signatures for longer was appended to it. */
export function onlyProofsAfter({ laterRevisions }: Pick<SignatureVerdict, 'laterRevisions'>, length: number): boolean {
  return laterRevisions
    .filter(({ end }) => end > length)
    .every(
      ({ added, reasons }) => reasons.length === 0 && (added === 'document_timestamp' || added === 'validation_data'),
    );
}

import type { ByteSource } from '../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../pdf/document.ts';
import { type SignatureField, signatureFields } from '../pdf/signature-permissions.ts';
import type { TrustAnchor } from '../pki/certificate-path.ts';
import { isProblem } from '../platform/errors.ts';
import { ALGORITHM_POLICY } from './algorithm-policy.ts';
import { attackBySignature } from './attacks.ts';
import { coveredDigests, wholeFile } from './covered-digests.ts';
import { judgeSignature } from './judge-signature.ts';
import { indication, type Reason, reason } from './reasons.ts';
import { type History, readHistory } from './revision-history.ts';
import { contentsOf } from './signature-dictionary.ts';
import { digestRequest, readSignatureInFile, type SignatureInFile } from './signature-in-file.ts';
import { ByteRangeScanner, findUnlistedSignatures } from './unlisted-signatures.ts';
import type { SignatureVerdict, Verdict } from './verdict.ts';

export interface VerifyOptions {
  /** The dated trust list: whose certificates are believed, and when. */
  readonly trust: readonly TrustAnchor[];
  /** The time for which the verdict is asked, epoch ms. Without a trusted timestamp it is the time that counts. */
  readonly at: number;
}

const MAX_SIGNATURES = 64;

/**
 * Validates all signatures of a PDF (EN 319 102-1 for basic signatures): structure, integrity, signer, certificate
 * chain, algorithms, and what was added after each signature. Reads the file once, needs no network, and answers hostile
 * files with a verdict: doubt is never passed. Revocation and timestamps are not looked at yet, and the verdict says so.
 *
 * @throws what `source.read` throws; ProblemError `certificate_invalid` for a trust list that cannot be read
 */
export async function verifyPdf(source: ByteSource, options: VerifyOptions): Promise<Verdict> {
  const file = await openFile(source);
  if (!('code' in file)) {
    try {
      return await judgeOpened(source, file, options);
    } catch (error) {
      // Parts of a signature are read only when it is judged.
      return conclude(source, options.at, [unreadable(error)], [], await fileDigest(source));
    }
  }
  return conclude(source, options.at, [file], [], await fileDigest(source));
}

async function judgeOpened(source: ByteSource, file: OpenedFile, { trust, at }: VerifyOptions): Promise<Verdict> {
  const signatures: SignatureInFile[] = [];
  for (const field of file.signed) signatures.push(await readSignatureInFile(source, field, file.signed));
  const history = await historyOf(file.document, signatures);

  const requests = signatures.map(digestRequest);
  const wanted = requests.filter((request) => request !== undefined);
  const scanner = new ByteRangeScanner();
  const [sha256, ...digests] = await coveredDigests(source, [wholeFile(source), ...wanted], scanner.push);
  const context = { document: file.document, history, trust, at };
  const verdicts: SignatureVerdict[] = [];
  for (const [index, signature] of signatures.entries()) {
    const request = requests[index];
    verdicts.push(await judgeSignature(signature, request && digests[wanted.indexOf(request)], context));
  }
  const fileReasons = await judgeFile(source, signatures, scanner.places);
  return conclude(source, at, fileReasons, weighLaterSignatures(verdicts, signatures, history), sha256!);
}

/** Reasons that concern the file as a whole: it has no signature, or one that its form does not show. */
async function judgeFile(
  source: ByteSource,
  signatures: readonly SignatureInFile[],
  places: readonly number[],
): Promise<Reason[]> {
  const listed = new Set(signatures.flatMap(({ dict }) => contentsOf(dict)?.span.start ?? []));
  const unlisted = await findUnlistedSignatures(source, places, listed);
  if (unlisted === 'broken') return [reason('unlisted_signature_broken')];
  if (signatures.length > 0) return [];
  return [reason(unlisted === 'intact' ? 'signature_removed' : 'no_signature')];
}

interface OpenedFile {
  readonly document: PdfDocument;
  readonly signed: readonly SignatureField[];
}

async function openFile(source: ByteSource): Promise<OpenedFile | Reason> {
  try {
    const document = await openPdf(source);
    const signed = (await signatureFields(document)).filter(({ signature }) => signature);
    if (signed.length > MAX_SIGNATURES) return reason('too_many_signatures');
    return { document, signed };
  } catch (error) {
    return unreadable(error);
  }
}

/** The reason that stands for a file which cannot be read; what is no fault of the file is thrown on. */
function unreadable(error: unknown): Reason {
  if (!isProblem(error, 'pdf_broken', 'pdf_encrypted', 'pdf_limits')) throw error;
  const codes = {
    pdf_encrypted: 'file_encrypted',
    pdf_limits: 'file_beyond_limits',
    pdf_broken: 'file_unreadable',
  } as const;
  return reason(codes[error.code as keyof typeof codes], error.detail);
}

/** The history after the first revision that any signature covers. */
async function historyOf(document: PdfDocument, signatures: readonly SignatureInFile[]): Promise<History> {
  const [first] = signatures.flatMap(({ covered }) => covered ?? []).sort((a, b) => a.end - b.end);
  return first ? readHistory(first.revision, document) : { steps: [], reasons: [] };
}

/** A revision that holds a signature is only as good as that signature; a visible one may cover what was signed before. */
function weighLaterSignatures(
  verdicts: readonly SignatureVerdict[],
  signatures: readonly SignatureInFile[],
  history: History,
): SignatureVerdict[] {
  return verdicts.map((verdict, index) => {
    const end = signatures[index]?.covered?.end;
    if (end === undefined) return verdict;
    const reasons = history.steps
      .filter(({ offset }) => offset >= end)
      .flatMap(({ signed, visible }) => {
        const later = verdicts.filter(
          ({ field, kind }) => kind !== 'document_timestamp' && signed.some(({ name }) => name === field),
        );
        if (later.some(({ status }) => status === 'TOTAL_FAILED')) return [reason('later_signature_broken')];
        if (visible && later.some(({ status }) => status === 'INDETERMINATE'))
          return [reason('later_signature_doubtful')];
        return [];
      });
    if (reasons.length === 0) return verdict;
    const all = [...verdict.reasons, ...reasons];
    return { ...verdict, ...indication(all), reasons: all, ...attackBySignature(verdict) };
  });
}

async function fileDigest(source: ByteSource): Promise<Uint8Array> {
  const [sha256] = await coveredDigests(source, [wholeFile(source)]);
  return sha256!;
}

/** The verdict on the file is the worst of all; a file without a signature is never passed. */
function conclude(
  source: ByteSource,
  at: number,
  reasons: readonly Reason[],
  signatures: readonly SignatureVerdict[],
  sha256: Uint8Array,
): Verdict {
  const all = [indication(reasons), ...signatures];
  const worst =
    all.find(({ status }) => status === 'TOTAL_FAILED') ?? all.find(({ status }) => status !== 'TOTAL_PASSED');
  return {
    status: worst?.status ?? 'TOTAL_PASSED',
    ...(worst?.subIndication === undefined ? {} : { subIndication: worst.subIndication }),
    reasons,
    signatures,
    file: { bytes: source.length, sha256: Buffer.from(sha256).toString('hex') },
    validatedAt: new Date(at).toISOString(),
    algorithmPolicy: ALGORITHM_POLICY.version,
  };
}

import type { ByteSource } from '../../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../../pdf/document.ts';
import { formFields } from '../../pdf/form-fields.ts';
import { type SignatureField, signatureFields } from '../../pdf/signature-permissions.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import { isProblem } from '../../platform/errors.ts';
import { MOST_LOOKS } from '../changes/known-forms.ts';
import { type History, readHistory } from '../changes/revision-history.ts';
import { sortSignatures } from '../levels/file-signatures.ts';
import { levelsOf } from '../levels/read-levels.ts';
import { contentsOf } from '../signature-dictionary.ts';
import { ALGORITHM_POLICY } from './algorithm-policy.ts';
import { attackBySignature } from './attacks.ts';
import { coveredDigests, wholeFile } from './covered-digests.ts';
import { type JudgeContext, judgeSignature } from './judge-signature.ts';
import { judgeDocumentTimestamps } from './judge-timestamps.ts';
import { ProofsOfExistence } from './proofs-of-existence.ts';
import { indication, type Reason, reason } from './reasons.ts';
import { reportAnchors } from './report-evidence.ts';
import { digestRequest, readSignatureInFile, type SignatureInFile } from './signature-in-file.ts';
import { ByteRangeScanner, findUnlistedSignatures } from './unlisted-signatures.ts';
import { type EvidenceSources, ValidationEvidence } from './validation-evidence.ts';
import type { SignatureVerdict, Verdict } from './verdict.ts';

export interface VerifyOptions extends EvidenceSources {
  /** The dated trust list: whose certificates are believed, and when. */
  readonly trust: readonly TrustAnchor[];
}

const MAX_SIGNATURES = 64;

/**
 * Validates all signatures of a PDF (EN 319 102-1 §5.6): structure, integrity, timestamps, signer, certificate chain,
 * revocation and algorithms at the time that is proven, and what was added after each signature. Reads the file once,
 * asks nobody unless `revocation` is given, and answers hostile files with a verdict: doubt is never passed.
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
      return conclude(source, options, [unreadable(error)], [], await fileDigest(source));
    }
  }
  return conclude(source, options, [file], [], await fileDigest(source));
}

async function judgeOpened(source: ByteSource, file: OpenedFile, options: VerifyOptions): Promise<Verdict> {
  const { document } = file;
  const signatures: SignatureInFile[] = [];
  for (const field of file.signed) signatures.push(await readSignatureInFile(source, field, file.signed));
  const history = await historyOf(document, signatures);

  const requests = signatures.map(digestRequest);
  const wanted = requests.filter((request) => request !== undefined);
  const scanner = new ByteRangeScanner();
  const [sha256, ...digests] = await coveredDigests(source, [wholeFile(source), ...wanted], scanner.push);
  const digestOf = (signature: SignatureInFile) => {
    const request = requests[signatures.indexOf(signature)];
    return request && digests[wanted.indexOf(request)];
  };
  const context = await contextOf(document, signatures, digestOf, options);
  const verdicts: SignatureVerdict[] = [];
  for (const signature of signatures)
    verdicts.push(await judgeSignature(signature, digestOf(signature), { ...context, document, history }));
  const fileReasons = await judgeFile(source, signatures, scanner.places);
  const weighed = weighLaterSignatures(verdicts, signatures, history);
  return conclude(source, options, fileReasons, weighed, sha256!, context.evidence);
}

/** Gathers the evidence, and proves by the document timestamps since when the parts of the file have been there. */
async function contextOf(
  document: PdfDocument,
  signatures: readonly SignatureInFile[],
  digestOf: (signature: SignatureInFile) => Uint8Array | undefined,
  options: VerifyOptions,
): Promise<Omit<JudgeContext, 'document' | 'history'>> {
  const { trust, at } = options;
  const evidence = await ValidationEvidence.gather(document, signatures, options);
  const context = { trust, at, evidence, proofs: new ProofsOfExistence(at) };
  const timestamps = signatures.filter(({ isTimestamp }) => isTimestamp);
  const documentTimestamps = await judgeDocumentTimestamps(
    timestamps.map((signature) => ({ signature, digest: digestOf(signature) })),
    context,
  );
  const inFile = sortSignatures(signatures, digestOf, { trust, now: at });
  const levels = await levelsOf({ document, ...inFile }, { trust, now: at });
  return {
    ...context,
    documentTimestamps,
    levels: new Map([...levels].map(([{ field }, level]) => [field, level])),
  };
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
    const fields = await formFields(document);
    const signed = (await signatureFields(document, fields)).filter(({ signature }) => signature);
    // The form is looked for each signature in the revision that it covers.
    if (signed.length > MAX_SIGNATURES || signed.length * fields.length > MOST_LOOKS)
      return reason('too_many_signatures');
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

/**
 * The verdict on the file is the worst of all; a file without a signature is never passed. A document timestamp beside signatures
 * counts when it is broken: one that cannot be confirmed has proven nothing for them.
 */
function conclude(
  source: ByteSource,
  { trust, at }: VerifyOptions,
  reasons: readonly Reason[],
  signatures: readonly SignatureVerdict[],
  sha256: Uint8Array,
  { asked }: Pick<ValidationEvidence, 'asked'> = NOBODY_ASKED,
): Verdict {
  const onlyTimestamps = signatures.every(({ kind }) => kind === 'document_timestamp');
  const counts = ({ kind, status }: SignatureVerdict) =>
    onlyTimestamps || kind !== 'document_timestamp' || status === 'TOTAL_FAILED';
  const all = [indication(reasons), ...signatures.filter(counts)];
  const worst =
    all.find(({ status }) => status === 'TOTAL_FAILED') ?? all.find(({ status }) => status !== 'TOTAL_PASSED');
  const base64 = (parts: readonly Uint8Array[]) => parts.map((der) => Buffer.from(der).toString('base64'));
  return {
    status: worst?.status ?? 'TOTAL_PASSED',
    ...(worst?.subIndication === undefined ? {} : { subIndication: worst.subIndication }),
    reasons,
    signatures,
    file: { bytes: source.length, sha256: Buffer.from(sha256).toString('hex') },
    validatedAt: new Date(at).toISOString(),
    algorithmPolicy: ALGORITHM_POLICY.version,
    anchors: reportAnchors(trust, signatures),
    material: {
      certificates: base64(asked.certificates),
      ocsps: base64(asked.ocsps),
      lists: base64(asked.lists),
    },
  };
}

const NOBODY_ASKED = { asked: { certificates: [], ocsps: [], lists: [] } };

import type { ByteSource } from '../../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../../pdf/document.ts';
import { signatureFields } from '../../pdf/signature-permissions.ts';
import { hashWith } from '../../pki/algorithms.ts';
import type { Certificate } from '../../pki/certificate.ts';
import type { TrustAnchor } from '../../pki/certificate-path.ts';
import { DerError } from '../../pki/der.ts';
import { readTimestampToken, type TimestampToken } from '../../pki/timestamp-token.ts';
import { ProblemError } from '../../platform/errors.ts';
import { type RunningHash, runningHash } from '../../platform/running-hash.ts';
import { coveredDigests } from '../validation/covered-digests.ts';
import type { ReasonCode } from '../validation/reasons.ts';
import { digestRequest, readSignatureInFile, type SignatureInFile } from '../validation/signature-in-file.ts';
import { judgeTimestamp } from '../validation/verify-document-timestamp.ts';
import { verifySignedData } from '../validation/verify-signed-data.ts';
import { contentsKey } from './append-revisions.ts';
import { missedRequirements } from './baseline-requirements.ts';

/** Each is opened with the revision that it covers: more would let a small file take long. */
const MAX_SIGNATURES = 64;

/** A timestamp that is good: over this signature, or over this revision. */
export interface GoodTimestamp {
  readonly certificate: Certificate;
  readonly intermediates: readonly Certificate[];
  /** Epoch ms. */
  readonly time: number;
}

/** A signature of a file, with the timestamps inside it. */
export interface FileSignature {
  readonly field: string;
  /** Its entry in /VRI. */
  readonly key: string;
  /** Where the revision that it covers ends. */
  readonly end: number;
  /** undefined: not intact. */
  readonly certificate: Certificate | undefined;
  readonly intermediates: readonly Certificate[];
  /** It has the form of PAdES baseline (EN 319 142-1 §6.3). */
  readonly isBaseline: boolean;
  /** Its algorithms are relied on and its certificate is meant for signing: more proofs of it are worth something. */
  readonly isAccepted: boolean;
  readonly timestamps: readonly GoodTimestamp[];
}

/** A good document timestamp. */
export interface FileTimestamp extends GoodTimestamp {
  readonly key: string;
  /** Where the revision that it covers ends. */
  readonly end: number;
  readonly revision: PdfDocument;
}

export interface FileSignatures {
  readonly document: PdfDocument;
  /** In the order of the revisions that they cover. */
  readonly signatures: readonly FileSignature[];
  readonly timestamps: readonly FileTimestamp[];
  /** Running SHA-256 over the whole file. */
  readonly digest: RunningHash;
}

/**
 * All signatures and document timestamps of a file, checked for what they cover, in one read of it. Timestamps that are not good under
 * `trust` are left out: they prove nothing.
 * @throws ProblemError `pdf_*` for a file that cannot be read
 */
export async function readFileSignatures(
  source: ByteSource,
  { trust, now }: { readonly trust: readonly TrustAnchor[]; readonly now: number },
): Promise<FileSignatures> {
  const document = await openPdf(source);
  const fields = (await signatureFields(document)).filter(({ signature }) => signature);
  if (fields.length > MAX_SIGNATURES)
    throw new ProblemError('pdf_limits', { detail: 'the file has too many signatures' });
  const found: SignatureInFile[] = [];
  for (const field of fields) found.push(await readSignatureInFile(source, field, fields));
  const sound = found.flatMap((one) => {
    const request = digestRequest(one);
    return request && one.covered ? [{ ...one, request }] : [];
  });
  const digest = runningHash('sha256');
  const requests = sound.map(({ request }) => request);
  const digests = await coveredDigests(source, requests, (chunk) => digest.update(chunk));
  const digestOf = (one: SignatureInFile) => digests[sound.findIndex(({ field }) => field === one.field)];
  return { document, digest, ...sortSignatures(found, digestOf, { trust, now }) };
}

/** Signatures and document timestamps that have been read, apart, by what they cover. */
export function sortSignatures(
  found: readonly SignatureInFile[],
  digestOf: (signature: SignatureInFile) => Uint8Array | undefined,
  { trust, now }: { readonly trust: readonly TrustAnchor[]; readonly now: number },
): Pick<FileSignatures, 'signatures' | 'timestamps'> {
  const byEnd = (a: { readonly end: number }, b: { readonly end: number }) => a.end - b.end;
  return {
    signatures: found
      .filter(({ isTimestamp }) => !isTimestamp)
      .map((one) => signatureOf(one, digestOf(one), { trust, now }))
      .sort(byEnd),
    timestamps: found.flatMap((one) => goodTimestamp(one, digestOf(one), trust)).sort(byEnd),
  };
}

function goodTimestamp(
  { token, covered, reasons }: SignatureInFile,
  digest: Uint8Array | undefined,
  trust: readonly TrustAnchor[],
): FileTimestamp[] {
  if (!token || !covered || !digest || reasons.length > 0) return [];
  return judged(token, digest, trust).map((good) => ({
    ...good,
    key: contentsKey(covered.contents),
    end: covered.end,
    revision: covered.revision,
  }));
}

/** Good when it was made, whatever became of its certificate since: later timestamps and validation data prove that. */
function judged(token: TimestampToken, digest: Uint8Array | undefined, trust: readonly TrustAnchor[]): GoodTimestamp[] {
  const at = token.info.time;
  const { reasons, certificate, intermediates } = judgeTimestamp(token, digest, { trust, at });
  return reasons.length === 0 && certificate ? [{ certificate, intermediates, time: at }] : [];
}

/** What speaks against a signature, and not against its form or its being intact: a level is a matter of form. */
const ASIDE_FROM_FORM: readonly ReasonCode[] = [
  'certificate_key_usage',
  'algorithm_not_accepted',
  'signature_in_several_fields',
];

function signatureOf(
  { field, dict, opened, covered, reasons }: SignatureInFile,
  digest: Uint8Array | undefined,
  { trust, now }: { readonly trust: readonly TrustAnchor[]; readonly now: number },
): FileSignature {
  const attributes = opened?.signerInfo.signedAttributes;
  const timestamps = opened ? signatureTimestamps(opened.signerInfo, trust) : [];
  // Algorithms are judged at the time that the signature is proven to have been there.
  const at = Math.min(now, ...timestamps.map(({ time }) => time));
  const findings = opened && digest ? verifySignedData(opened, digest, at) : undefined;
  const faults = [...reasons, ...(findings?.reasons ?? [])].filter(({ code }) => !ASIDE_FROM_FORM.includes(code));
  const intact = findings !== undefined && faults.length === 0;
  return {
    field: field.name,
    key: covered ? contentsKey(covered.contents) : '',
    end: covered?.end ?? 0,
    certificate: intact ? findings.certificate : undefined,
    intermediates: findings?.intermediates ?? [],
    isBaseline: attributes !== undefined && missedRequirements({ dict, attributes }).length === 0,
    isAccepted: intact && findings.reasons.length === 0 && reasons.length === 0,
    timestamps,
  };
}

/** Good timestamps over a signature value (EN 319 122-1 §5.3). */
export function signatureTimestamps(
  {
    signature,
    signatureTimestamps: tokens,
  }: { readonly signature: Uint8Array; readonly signatureTimestamps: readonly Uint8Array[] },
  trust: readonly TrustAnchor[],
): GoodTimestamp[] {
  return tokens.flatMap((der) => {
    try {
      const token = readTimestampToken(der);
      const { hash } = token.info;
      return hash ? judged(token, hashWith(hash).update(signature).digest(), trust) : [];
    } catch (error) {
      if (error instanceof DerError) return [];
      throw error;
    }
  });
}

import { type ByteSource, prefixSource } from '../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../pdf/document.ts';
import type { PdfDict } from '../pdf/objects.ts';
import { signatureFields } from '../pdf/signature-permissions.ts';
import { ProblemError } from '../platform/errors.ts';
import { contentsOf, readByteRange } from './signature-dictionary.ts';
import { type Reason, reason } from './validation/reasons.ts';

/** The bytes a signature covers, found to be well-formed. */
export interface CoveredBytes {
  readonly byteRange: readonly [number, number, number, number];
  /** Where the covered revision ends. */
  readonly end: number;
  /** The decoded /Contents, trailing zeros included. */
  readonly contents: Uint8Array;
  /** The covered revision as a document of its own. */
  readonly revision: PdfDocument;
}

/** Two hex digits an octet: no signature container comes near this. */
const MAX_CONTENTS_HEX = 4 * 1024 * 1024;

/**
 * The strict reading of /ByteRange (ISO 32000-2 §12.8.1): it is `[0 a b c]`, what it leaves out is exactly the hex
 * string of this very dictionary's /Contents, and it ends where a revision ends that already has this signature.
 */
export async function readCoveredBytes(source: ByteSource, signature: PdfDict): Promise<CoveredBytes | Reason> {
  const byteRange = readByteRange(signature);
  if (!byteRange) return reason('byte_range_malformed');
  const [, gapStart, gapEnd, after] = byteRange;
  const end = gapEnd + after;
  if (gapStart <= 0 || gapEnd <= gapStart || after <= 0 || end > source.length) return reason('byte_range_malformed');

  const span = contentsOf(signature)?.span;
  if (span?.start !== gapStart || span.end !== gapEnd) return reason('byte_range_gap');
  const contents = await readHexGap(source, gapStart, gapEnd);
  if (!contents) return reason('byte_range_gap');

  const revision = await openRevision(source, end);
  if (!revision) return reason('byte_range_end');
  const fields = await signatureFields(revision);
  const present = fields.some((field) => field.signature && contentsOf(field.signature)?.span.start === gapStart);
  return present ? { byteRange, end, contents, revision } : reason('signature_not_in_revision');
}

/** The octets between `<` and `>`: an even number of hex digits and nothing else, not even white space. */
async function readHexGap(source: ByteSource, start: number, end: number): Promise<Uint8Array | undefined> {
  if (end - start < 4 || end - start > MAX_CONTENTS_HEX) return undefined;
  const text = Buffer.from(await source.read(start, end - start)).toString('latin1');
  const match = /^<((?:[0-9A-Fa-f]{2})+)>$/.exec(text);
  return match ? Buffer.from(match[1]!, 'hex') : undefined;
}

/** The first `end` bytes as a PDF; undefined when they are none. */
export async function openRevision(source: ByteSource, end: number): Promise<PdfDocument | undefined> {
  try {
    return await openPdf(prefixSource(source, end));
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

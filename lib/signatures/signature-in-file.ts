import type { ByteSource } from '../pdf/byte-source.ts';
import type { PdfDict } from '../pdf/objects.ts';
import { isName } from '../pdf/objects.ts';
import type { SignatureField } from '../pdf/signature-permissions.ts';
import { ProblemError } from '../platform/errors.ts';
import { type CoveredBytes, readCoveredBytes } from './byte-range.ts';
import type { DigestRequest } from './covered-digests.ts';
import { type Reason, reason } from './reasons.ts';
import { contentsOf, isDocumentTimestamp } from './signature-dictionary.ts';
import { type OpenedSignature, openSignature } from './verify-signed-data.ts';

/** Detached CMS over the file, in PAdES and in ISO 32000-1. */
const SUB_FILTERS = ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'];

/** A signature as it stands in the file, before any cryptography. */
export interface SignatureInFile {
  readonly field: SignatureField;
  readonly dict: PdfDict;
  readonly isTimestamp: boolean;
  readonly covered: CoveredBytes | undefined;
  readonly opened: OpenedSignature | undefined;
  readonly reasons: readonly Reason[];
}

/** Reads the signature of a field: kind, covered bytes, container. What is wrong with these is in `reasons`. */
export async function readSignatureInFile(
  source: ByteSource,
  field: SignatureField,
  all: readonly SignatureField[],
): Promise<SignatureInFile> {
  const dict = field.signature ?? new Map();
  const isTimestamp = isDocumentTimestamp(dict);
  const reasons: Reason[] = [];
  const start = contentsOf(dict)?.span.start;
  const sharing = all.filter(({ signature }) => signature && contentsOf(signature)?.span.start === start);
  if (start !== undefined && sharing.length > 1) reasons.push(reason('signature_shared'));
  if (!isTimestamp && !SUB_FILTERS.some((known) => isName(dict.get('SubFilter'), known))) {
    reasons.push(reason('sub_filter_unknown'));
  }
  if (isTimestamp) reasons.push(reason('timestamp_not_checked'));

  const covered = await readCovered(source, dict);
  const opened = 'code' in covered || isTimestamp ? undefined : openSignature(covered.contents);
  if ('code' in covered) reasons.push(covered);
  if (opened && 'code' in opened) reasons.push(opened);
  return {
    field,
    dict,
    isTimestamp,
    covered: 'code' in covered ? undefined : covered,
    opened: opened && 'code' in opened ? undefined : opened,
    reasons,
  };
}

async function readCovered(source: ByteSource, dict: PdfDict): Promise<CoveredBytes | Reason> {
  try {
    return await readCoveredBytes(source, dict);
  } catch (error) {
    if (error instanceof ProblemError) return reason('byte_range_end', error.detail ?? error.code);
    throw error;
  }
}

/** The digest that the signature is over; undefined when there is none to be had. */
export function digestRequest({ covered, opened }: SignatureInFile): DigestRequest | undefined {
  if (!covered || !opened) return undefined;
  const [, gapStart, gapEnd] = covered.byteRange;
  return { hash: opened.hash, head: gapStart, from: gapEnd, to: covered.end };
}

import type { ByteSource } from '../../pdf/byte-source.ts';
import type { PdfDict } from '../../pdf/objects.ts';
import { isName } from '../../pdf/objects.ts';
import { type SignatureField, signatureFields } from '../../pdf/signature-permissions.ts';
import type { TimestampToken } from '../../pki/timestamp-token.ts';
import { ProblemError } from '../../platform/errors.ts';
import { type CoveredBytes, readCoveredBytes } from '../byte-range.ts';
import { contentsOf, isDeclaredTimestamp, isDocumentTimestamp } from '../signature-dictionary.ts';
import type { DigestRequest } from './covered-digests.ts';
import { type Reason, type ReasonCode, reason } from './reasons.ts';
import { openTimestamp } from './verify-document-timestamp.ts';
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
  /** Of a document timestamp. */
  readonly token: TimestampToken | undefined;
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
  const sharing = sharingWith(dict, all);
  if (!isTimestamp && !SUB_FILTERS.some((known) => isName(dict.get('SubFilter'), known))) {
    reasons.push(reason('sub_filter_unknown'));
  }
  if (isTimestamp && !isDeclaredTimestamp(dict)) reasons.push(reason('timestamp_type_wrong'));

  const covered = await readCovered(source, dict);
  const opened = 'code' in covered || isTimestamp ? undefined : openSignature(covered.contents);
  const token = 'code' in covered || !isTimestamp ? undefined : openTimestamp(covered.contents);
  if (sharing.length > 1) reasons.push(reason(await sharedSince(covered, dict, sharing)));
  for (const part of [covered, opened, token]) if (part && 'code' in part) reasons.push(part);
  if (token && !('code' in token) && !token.info.hash) reasons.push(reason('algorithm_unknown'));
  return {
    field,
    dict,
    isTimestamp,
    covered: 'code' in covered ? undefined : covered,
    opened: opened && 'code' in opened ? undefined : opened,
    token: token && 'code' in token ? undefined : token,
    reasons,
  };
}

/** The fields whose signature is this very one. */
function sharingWith(dict: PdfDict, fields: readonly SignatureField[]): SignatureField[] {
  const start = contentsOf(dict)?.span.start;
  if (start === undefined) return [];
  return fields.filter(({ signature }) => signature && contentsOf(signature)?.span.start === start);
}

/** Did all the fields have it when it was made? Else one of them borrowed it later, which is signature wrapping. */
async function sharedSince(
  covered: CoveredBytes | Reason,
  dict: PdfDict,
  sharing: readonly SignatureField[],
): Promise<ReasonCode> {
  if ('code' in covered) return 'signature_shared';
  const then = sharingWith(dict, await signatureFields(covered.revision));
  const wereThere = sharing.every(({ ref }) => then.some((field) => field.ref.num === ref.num));
  return wereThere ? 'signature_in_several_fields' : 'signature_shared';
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
export function digestRequest({ covered, opened, token }: SignatureInFile): DigestRequest | undefined {
  const hash = opened?.hash ?? token?.info.hash;
  if (!covered || !hash) return undefined;
  const [, gapStart, gapEnd] = covered.byteRange;
  return { hash, head: gapStart, from: gapEnd, to: covered.end };
}

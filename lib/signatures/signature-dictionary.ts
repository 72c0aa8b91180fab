import type { PdfDocument } from '../pdf/document.ts';
import {
  isArray,
  isDict,
  isInteger,
  isName,
  isString,
  type PdfDict,
  type PdfObject,
  type PdfString,
} from '../pdf/objects.ts';

/** /Contents of a signature dictionary, when it is a string that stands in the file itself. */
export function contentsOf(signature: PdfDict): Required<PdfString> | undefined {
  const contents = signature.get('Contents');
  return isString(contents) && contents.span ? { ...contents, span: contents.span } : undefined;
}

/** /ByteRange as it has to be, `[0 a b c]`; undefined when it is anything else. */
export function readByteRange(signature: PdfDict): readonly [number, number, number, number] | undefined {
  const value = signature.get('ByteRange');
  if (!isArray(value) || value.length !== 4) return undefined;
  const [zero, a, b, c] = value;
  if (zero !== 0 || !isInteger(a) || !isInteger(b) || !isInteger(c)) return undefined;
  return [0, a, b, c];
}

/** True for a document timestamp (ISO 32000-2 §12.8.5). */
export function isDocumentTimestamp(signature: PdfDict): boolean {
  return isName(signature.get('SubFilter'), 'ETSI.RFC3161') || isName(signature.get('Type'), 'DocTimeStamp');
}

/** Does a document timestamp say of itself that it is one, and nothing else? (§12.8.5; /Type may be absent.) */
export function isDeclaredTimestamp(signature: PdfDict): boolean {
  const type = signature.get('Type');
  const isTyped = type === undefined || type === null || isName(type, 'DocTimeStamp');
  return isTyped && isName(signature.get('SubFilter'), 'ETSI.RFC3161');
}

/** Parameters of a transform method among the references of a signature (§12.8.2); undefined when it has none. */
export async function transformParameters(
  document: PdfDocument,
  signature: PdfDict,
  method: 'DocMDP' | 'FieldMDP',
): Promise<PdfObject | undefined> {
  const references = await document.value(signature, 'Reference');
  for (const item of isArray(references) ? references : []) {
    const reference = await document.resolve(item);
    if (!isDict(reference) || !isName(await document.value(reference, 'TransformMethod'), method)) continue;
    return document.value(reference, 'TransformParams');
  }
  return undefined;
}

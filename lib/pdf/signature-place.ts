import type { PdfDocument } from './document.ts';
import { isArray, isDict, isRef, type PdfRef, sameRef } from './objects.ts';
import { shownBox } from './page-geometry.ts';
import { type Box, boxOf, type PdfPage, pageOf, pages } from './page-tree.ts';
import type { SignatureField } from './signature-permissions.ts';

/** Where a signature shows, as a reader sees the page: points from the lower left of its visible part. */
export interface SignaturePlace {
  /** From 0; -1 is the last. */
  readonly page: number;
  readonly box: Box;
}

/** Where a signature that is there shows: what a seal is set beside. Undefined when it is invisible or on no page. */
export async function placeOfSignature(
  document: PdfDocument,
  field: SignatureField,
): Promise<SignaturePlace | undefined> {
  const [widget] = field.widgets;
  const dict = widget && (await document.resolve(widget));
  const rect = isDict(dict) ? await boxOf(document, dict.get('Rect')) : undefined;
  if (!widget || !isDict(dict) || !rect || rect.width === 0 || rect.height === 0) return undefined;
  const named = dict.get('P');
  const page = isRef(named) ? await pageOf(document, named) : undefined;
  if (page && (await shows(document, page, widget))) return { page: page.index, box: shownBox(page, rect) };
  for await (const candidate of pages(document)) {
    if (await shows(document, candidate, widget)) return { page: candidate.index, box: shownBox(candidate, rect) };
  }
  return undefined;
}

async function shows(document: PdfDocument, page: PdfPage, widget: PdfRef): Promise<boolean> {
  const annotations = await document.value(page.dict, 'Annots');
  return isArray(annotations) && annotations.some((entry) => isRef(entry) && sameRef(entry, widget));
}

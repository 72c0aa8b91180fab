import type { PdfDocument } from './document.ts';
import { isArray, isDict, isRef, sameRef } from './objects.ts';
import { shownBox } from './page-geometry.ts';
import { type Box, boxOf, pages } from './page-tree.ts';
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
  if (!widget || !rect || rect.width === 0 || rect.height === 0) return undefined;
  for await (const page of pages(document)) {
    const annotations = await document.value(page.dict, 'Annots');
    if (isArray(annotations) && annotations.some((entry) => isRef(entry) && sameRef(entry, widget))) {
      return { page: page.index, box: shownBox(page, rect) };
    }
  }
  return undefined;
}

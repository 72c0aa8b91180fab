import type { PdfDocument } from '../document.ts';
import { isArray, isDict, isName } from '../objects.ts';
import { shownBox } from '../page-geometry.ts';
import { type Box, boxOf, type PdfPage } from '../page-tree.ts';
import { fragmentBox, shownFragments } from '../text/shown-text.ts';

/**
 * What stands on a page, as a reader sees it: the boxes of its text and of its form fields, signatures among them. Pictures
 * and lines are not looked for.
 */
export async function occupiedBoxes(document: PdfDocument, page: PdfPage): Promise<Box[]> {
  const text = (await shownFragments(document, page)).map((fragment) => fragmentBox(fragment));
  return [...text, ...(await widgetBoxes(document, page))];
}

async function widgetBoxes(document: PdfDocument, page: PdfPage): Promise<Box[]> {
  const annotations = await document.value(page.dict, 'Annots');
  const boxes: Box[] = [];
  for (const entry of isArray(annotations) ? annotations : []) {
    const annotation = await document.resolve(entry);
    if (!isDict(annotation) || !isName(await document.value(annotation, 'Subtype'), 'Widget')) continue;
    const rect = await boxOf(document, annotation.get('Rect'));
    if (rect && rect.width > 0 && rect.height > 0) boxes.push(shownBox(page, rect));
  }
  return boxes;
}

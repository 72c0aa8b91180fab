import type { PdfDocument } from '../pdf/document.ts';
import { isArray, isDict, isRef, type PdfRef } from '../pdf/objects.ts';
import { pageOf, pages } from '../pdf/page-tree.ts';
import { ProblemError } from '../platform/errors.ts';

/** Where a widget does not name its page, so many pages are looked through for it. */
const MOST_PAGES = 200;

/** The page that an annotation stands on, from 1; undefined when it is on none or not found. */
export async function pageOfAnnotation(document: PdfDocument, annotation: PdfRef): Promise<number | undefined> {
  try {
    const dict = await document.get(annotation);
    const named = isDict(dict) ? dict.get('P') : undefined;
    const page = isRef(named) ? await pageOf(document, named) : undefined;
    return page ? page.index + 1 : await searchPages(document, annotation);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

async function searchPages(document: PdfDocument, annotation: PdfRef): Promise<number | undefined> {
  for await (const page of pages(document)) {
    if (page.index >= MOST_PAGES) return undefined;
    const listed = await document.value(page.dict, 'Annots');
    if (isArray(listed) && listed.some((item) => isRef(item) && item.num === annotation.num)) return page.index + 1;
  }
  return undefined;
}

/** Number of a page, from 1; undefined when it does not stand in the page tree. */
export async function pageNumber(document: PdfDocument, page: PdfRef): Promise<number | undefined> {
  try {
    const found = await pageOf(document, page);
    return found && found.index + 1;
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

import { ProblemError } from '../../platform/errors.ts';
import type { PdfDocument } from '../document.ts';
import { shownSize } from '../page-geometry.ts';
import { type Box, type PdfPage, pageAt, pageCount, pages } from '../page-tree.ts';
import type { SignaturePlace } from '../signature-place.ts';
import { findText } from '../text/find-text.ts';

/** A text of the document that a signature is set by. */
export interface TextAnchor {
  readonly text: string;
  /** Which of several: 1 is the first, -1 the last of the document or of `page`. Default 1. */
  readonly occurrence?: number;
  /** From 0; -1 is the last page. Without it all pages are looked at. */
  readonly page?: number;
  /** Right beneath the text, or over it; the middle of the signature under the middle of the text. Default `below`. */
  readonly at?: 'below' | 'over';
  /** Points to the right and upwards from there. */
  readonly offset?: { readonly x: number; readonly y: number };
}

const GAP = 3;

/**
 * Where a signature of a size goes that is set by a text. It is moved sideways to stay on the page; where it would stand
 * below the page's edge it does not fit.
 * @throws ProblemError `pdf_anchor_not_found`, `pdf_placement` for a page that is not there, `pdf_broken`, `pdf_limits`
 */
export async function anchorPlace(
  document: PdfDocument,
  anchor: TextAnchor,
  size: { readonly width: number; readonly height: number },
): Promise<SignaturePlace> {
  const { page, box } = await findAnchor(document, anchor);
  const shown = shownSize(page);
  const offset = anchor.offset ?? { x: 0, y: 0 };
  const x = box.x + box.width / 2 - size.width / 2 + offset.x;
  const y = anchor.at === 'over' ? box.y + box.height / 2 - size.height / 2 : box.y - GAP - size.height;
  const { width, height } = size;
  return {
    page: page.index,
    box: { x: Math.max(0, Math.min(x, shown.width - width)), y: y + offset.y, width, height },
  };
}

async function findAnchor(document: PdfDocument, anchor: TextAnchor): Promise<{ page: PdfPage; box: Box }> {
  const wanted = anchor.occurrence ?? 1;
  let left = Math.abs(wanted);
  for await (const page of searched(document, anchor.page, wanted < 0)) {
    const found = await findText(document, page, anchor.text);
    const box = wanted < 0 ? found.at(-left) : found[left - 1];
    if (box && left > 0) return { page, box };
    left -= found.length;
  }
  throw new ProblemError('pdf_anchor_not_found');
}

async function* searched(document: PdfDocument, only: number | undefined, backwards: boolean): AsyncGenerator<PdfPage> {
  if (only !== undefined) {
    yield await pageAt(document, only);
  } else if (backwards) {
    for (let index = (await pageCount(document)) - 1; index >= 0; index--) yield await pageAt(document, index);
  } else {
    yield* pages(document);
  }
}

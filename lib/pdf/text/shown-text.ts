import type { PdfDocument } from '../document.ts';
import { shownPoint } from '../page-geometry.ts';
import type { Box, PdfPage } from '../page-tree.ts';
import { turnedBox } from './matrix.ts';
import { pageText, type TextFragment } from './page-text.ts';

/** The text of a page as a reader sees it: turned and cropped, points from the lower left of the visible part. */
export async function shownFragments(document: PdfDocument, page: PdfPage): Promise<TextFragment[]> {
  return (await pageText(document, page)).map((fragment) => ({
    ...fragment,
    start: shownPoint(page, fragment.start),
    end: shownPoint(page, fragment.end),
    size: fragment.size * page.userUnit,
  }));
}

/** Of the font size: how far letters reach above and below their baseline. Marks above capitals reach highest. */
const ASCENT = 0.9;
const DESCENT = 0.22;

/** The box around a piece of text from `from` to `to`, parts of its length, whatever way it is written. */
export function fragmentBox({ start, end, size }: TextFragment, from = 0, to = 1): Box {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy);
  const [cos, sin] = length > 0 ? [dx / length, dy / length] : [1, 0];
  const along = {
    x: from * length,
    y: -DESCENT * size,
    width: (to - from) * length,
    height: (ASCENT + DESCENT) * size,
  };
  return turnedBox(along, [cos, sin, -sin, cos, start.x, start.y]);
}

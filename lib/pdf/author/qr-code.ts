import { type PDFPage, rgb } from 'pdf-lib';
import { encode } from 'uqr';

const BLACK = rgb(0, 0, 0);
const WHITE = rgb(1, 1, 1);
/** Light modules around the code (ISO/IEC 18004 §6.3.8 asks for four; readers of today need two on white paper). */
const QUIET = 2;

/**
 * Draws a QR code (ISO/IEC 18004, correction level M) as one filled path: sharp at any size, and no image. The square
 * stands with its lower left corner at `x`, `y`, quiet zone included; `side` in points.
 */
export function drawQrCode(page: PDFPage, text: string, at: { x: number; y: number; side: number }): void {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const module = at.side / size;
  page.drawRectangle({ x: at.x, y: at.y, width: at.side, height: at.side, color: WHITE });
  page.drawSvgPath(data.map(rowPath).join(''), { x: at.x, y: at.y + at.side, scale: module, color: BLACK });
}

/** The dark runs of a row, each a rectangle of one path: seams between modules do not show. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    let end = x;
    while (row[end]) end++;
    path += `M${x} ${y}H${end}V${y + 1}H${x}Z`;
    x = end;
  }
  return path;
}

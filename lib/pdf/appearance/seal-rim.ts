import { type Color, degrees, type PDFFont, type PDFPage } from 'pdf-lib';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A row of letters along a circle. */
export interface RimRow {
  readonly text: string;
  readonly size: number;
  readonly spacing: number;
  /** Of the circle through the middle of its capitals. */
  readonly radius: number;
}

/** Below this size one row is set in two. */
const READABLE = 6.2;
/** Air between letters, as part of the size. */
const AIR = 0.08;

/**
 * A name along the rim of a seal, at most `most` degrees of it: in one row as large as it fits, and in two, one below
 * the other, when that would be too small to read. `band` is where letters may stand: radii in points.
 */
export function rimRows(
  font: PDFFont,
  text: string,
  most: number,
  band: { readonly outer: number; readonly inner: number },
  largest: number,
): RimRow[] {
  const middle = (band.outer + band.inner) / 2;
  const one = rowOf(font, text, middle, most, largest);
  const words = text.split(' ');
  if (one.size >= READABLE || words.length < 2) return [one];
  const [upper, lower] = [middle + (band.outer - middle) / 2, middle - (middle - band.inner) / 2];
  const splits = words.slice(1).map((_, n) => {
    const [first, second] = [words.slice(0, n + 1).join(' '), words.slice(n + 1).join(' ')];
    const rows = [rowOf(font, first, upper, most, READABLE), rowOf(font, second, lower, most, READABLE)];
    const size = Math.min(...rows.map((row) => row.size));
    return { rows, size, balance: Math.abs(first.length - second.length) };
  });
  const best = splits.reduce((a, b) => (b.size > a.size || (b.size === a.size && b.balance < a.balance) ? b : a));
  return best.size > one.size ? best.rows.map((row) => ({ ...row, size: best.size, spacing: best.size * AIR })) : [one];
}

function rowOf(font: PDFFont, text: string, radius: number, most: number, largest: number): RimRow {
  const room = (most / 180) * Math.PI * radius;
  const size = Math.min(largest, room / (font.widthOfTextAtSize(text, 1) + text.length * AIR));
  return { text, size, spacing: size * AIR, radius };
}

export interface Arc extends RimRow {
  readonly font: PDFFont;
  readonly color: Color;
  readonly centre: Point;
  /** Angle of the middle of the text, radians from the right, counter-clockwise. */
  readonly middle: number;
  /** Along the upper rim; counter-clockwise along the lower one, read from below. */
  readonly clockwise: boolean;
}

/** Half the height of capitals, as part of the size: baselines stand so far from the middle of a row. */
const HALF_CAPITAL = 0.34;

export function drawArc(page: PDFPage, arc: Arc): void {
  const { font, size, spacing, centre } = arc;
  const turn = arc.clockwise ? -1 : 1;
  const radius = arc.radius + turn * size * HALF_CAPITAL;
  const letters = [...arc.text].map((letter) => ({ letter, width: font.widthOfTextAtSize(letter, size) + spacing }));
  let along = -letters.reduce((sum, { width }) => sum + width, 0) / 2;
  for (const { letter, width } of letters) {
    const angle = arc.middle + (turn * (along + width / 2)) / radius;
    const upright = angle + (turn * Math.PI) / 2;
    const back = (width - spacing) / 2;
    page.drawText(letter, {
      x: centre.x + radius * Math.cos(angle) - back * Math.cos(upright),
      y: centre.y + radius * Math.sin(angle) - back * Math.sin(upright),
      size,
      font,
      color: arc.color,
      rotate: degrees((upright * 180) / Math.PI),
    });
    along += width;
  }
}

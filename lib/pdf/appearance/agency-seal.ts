import { degrees, type PDFFont, type PDFPage, rgb } from 'pdf-lib';
import { authorDocument, type FontFiles, finishDocument, printable, wrapText } from '../author/authored-document.ts';
import type { Drawing } from '../graft.ts';
import { shownSigningTime } from './signing-time.ts';

export interface AgencySealContent {
  /** `ỦY BAN NHÂN DÂN XÃ HOẰNG HÓA`. */
  readonly agency: string;
  /** The agency above, along the lower rim: `TỈNH THANH HÓA`. */
  readonly superior?: string;
  /** Number and symbol of the document: `Số: 12/QĐ-UBND`. */
  readonly number?: string;
  /** Epoch ms. */
  readonly signingTime: number;
}

/** Points. */
export const SEAL_SIZE = { width: 128, height: 134 };

const RED = rgb(0.84, 0.06, 0.09);
/** Of the outer ring, which touches the upper edge of the drawing. */
export const SEAL_RADIUS = 52;

/**
 * The visible signature of an agency (Decree 30/2020, annex I): a round red seal, the document's number and the time
 * of signing beneath it.
 */
export async function drawAgencySeal(fonts: FontFiles, content: AgencySealContent): Promise<Drawing> {
  const document = await authorDocument(fonts);
  const page = document.pdf.addPage([SEAL_SIZE.width, SEAL_SIZE.height]);
  const { regular, bold } = document.fonts;
  const centre = { x: SEAL_SIZE.width / 2, y: SEAL_SIZE.height - SEAL_RADIUS - 2 };
  drawRings(page, centre);
  drawStar(page, centre, 15);
  const agency = printable(content.agency).toUpperCase();
  const superior = content.superior === undefined ? undefined : printable(content.superior).toUpperCase();
  drawUpperArc(page, bold, agency, centre, superior === undefined ? 300 : 235);
  if (superior !== undefined) drawLowerArc(page, bold, superior, centre, 95);
  const lines = [...(content.number ? wrapText(content.number, bold, 9, SEAL_SIZE.width).slice(0, 1) : [])];
  let y = SEAL_SIZE.height - SEAL_RADIUS * 2 - 13;
  for (const line of lines) {
    centred(page, line, bold, 9, y);
    y -= 10;
  }
  centred(page, shownSigningTime(content.signingTime), regular, 8, y);
  return { ...SEAL_SIZE, pdf: await finishDocument(document) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function drawRings(page: PDFPage, { x, y }: Point): void {
  page.drawCircle({ x, y, size: SEAL_RADIUS, borderColor: RED, borderWidth: 2.4 });
  page.drawCircle({ x, y, size: SEAL_RADIUS - 3.4, borderColor: RED, borderWidth: 0.7 });
  page.drawCircle({ x, y, size: SEAL_RADIUS - 18, borderColor: RED, borderWidth: 0.9 });
}

/** A five-pointed star, one point up. */
function drawStar(page: PDFPage, centre: Point, radius: number): void {
  const inner = (radius * Math.sin(Math.PI / 10)) / Math.sin((7 * Math.PI) / 10);
  const corners = Array.from({ length: 10 }, (_, i) => {
    const r = i % 2 === 0 ? radius : inner;
    const angle = (i * Math.PI) / 5;
    return `${i === 0 ? 'M' : 'L'} ${(r * Math.sin(angle)).toFixed(3)} ${(-r * Math.cos(angle)).toFixed(3)}`;
  });
  page.drawSvgPath(`${corners.join(' ')} Z`, { x: centre.x, y: centre.y, color: RED });
}

/** Text clockwise along the upper rim, smaller when it is long; at most `most` degrees. */
function drawUpperArc(page: PDFPage, font: PDFFont, text: string, centre: Point, most: number): void {
  const { size, spacing } = arcFit(font, text, SEAL_RADIUS - 14, most, 9.5);
  const radius = SEAL_RADIUS - 10.7 - size * 0.34;
  drawArc(page, font, text, { centre, radius, size, spacing, middle: Math.PI / 2, clockwise: true });
}

/** Text counter-clockwise along the lower rim, read from below. */
function drawLowerArc(page: PDFPage, font: PDFFont, text: string, centre: Point, most: number): void {
  const { size, spacing } = arcFit(font, text, SEAL_RADIUS - 8, most, 7.5);
  const radius = SEAL_RADIUS - 10.7 + size * 0.34;
  drawArc(page, font, text, { centre, radius, size, spacing, middle: -Math.PI / 2, clockwise: false });
}

/** The largest size up to `largest` with which the text takes at most `most` degrees, and air between letters. */
function arcFit(
  font: PDFFont,
  text: string,
  radius: number,
  most: number,
  largest: number,
): { size: number; spacing: number } {
  const room = (most / 180) * Math.PI * radius;
  const width = font.widthOfTextAtSize(text, 1) + text.length * 0.08;
  const size = Math.min(largest, room / width);
  return { size, spacing: size * 0.08 };
}

interface Arc {
  readonly centre: Point;
  readonly radius: number;
  readonly size: number;
  readonly spacing: number;
  /** Angle of the middle of the text, radians from the right, counter-clockwise. */
  readonly middle: number;
  readonly clockwise: boolean;
}

function drawArc(page: PDFPage, font: PDFFont, text: string, arc: Arc): void {
  const letters = [...text].map((letter) => ({
    letter,
    width: font.widthOfTextAtSize(letter, arc.size) + arc.spacing,
  }));
  const total = letters.reduce((sum, { width }) => sum + width, 0);
  const turn = arc.clockwise ? -1 : 1;
  let along = -total / 2;
  for (const { letter, width } of letters) {
    const angle = arc.middle + (turn * (along + width / 2)) / arc.radius;
    const upright = angle + (turn * Math.PI) / 2;
    const back = (width - arc.spacing) / 2;
    page.drawText(letter, {
      x: arc.centre.x + arc.radius * Math.cos(angle) - back * Math.cos(upright),
      y: arc.centre.y + arc.radius * Math.sin(angle) - back * Math.sin(upright),
      size: arc.size,
      font,
      color: RED,
      rotate: degrees((upright * 180) / Math.PI),
    });
    along += width;
  }
}

function centred(page: PDFPage, text: string, font: PDFFont, size: number, y: number): void {
  page.drawText(text, { x: (page.getWidth() - font.widthOfTextAtSize(text, size)) / 2, y, size, font, color: RED });
}

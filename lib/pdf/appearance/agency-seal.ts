import { type PDFFont, type PDFPage, rgb } from 'pdf-lib';
import {
  type AuthoredDocument,
  authorDocument,
  type FontFiles,
  finishDocument,
  printable,
} from '../author/authored-document.ts';
import { embedImage } from '../author/embed-image.ts';
import { fitText } from '../author/fit-text.ts';
import { drawQrCode } from '../author/qr-code.ts';
import type { Drawing } from '../graft.ts';
import { drawArc, type Point, rimRows } from './seal-rim.ts';
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
  /** PNG of the red seal, best with a transparent ground; without it a seal is drawn. */
  readonly image?: Uint8Array;
  /** Address to verify the document at, shown as a QR code beneath; the drawing is `SEAL_QR_HEIGHT` higher then. */
  readonly link?: string;
}

/** Points. */
export const SEAL_SIZE = { width: 128, height: 134 };
export const SEAL_QR_HEIGHT = 52;

/** Whether a box has the shape of a seal with its QR code, more than that of one without. */
export function sealTakesQr({ width, height }: { readonly width: number; readonly height: number }): boolean {
  return height / width > (SEAL_SIZE.height + SEAL_QR_HEIGHT / 2) / SEAL_SIZE.width;
}

/** Of the outer ring, which touches the upper edge of the drawing: the real seal of a commune is 36 mm wide. */
export const SEAL_RADIUS = 52;
export const SEAL_RED = rgb(0.84, 0.06, 0.09);
const QR_SIDE = 48;

/**
 * The visible signature of an agency (Decree 30/2020, annex I): its red seal, as an image of its natural size or drawn,
 * and beneath it the agency (which a drawn seal has along its rim), the document's number, and the time of signing.
 * Throws `image_broken` when the PNG cannot be read.
 */
export async function drawAgencySeal(fonts: FontFiles, content: AgencySealContent): Promise<Drawing> {
  const document = await authorDocument(fonts);
  const size = { ...SEAL_SIZE, height: SEAL_SIZE.height + (content.link === undefined ? 0 : SEAL_QR_HEIGHT) };
  const page = document.pdf.addPage([size.width, size.height]);
  const { regular, bold } = document.fonts;
  const centre = { x: size.width / 2, y: size.height - SEAL_RADIUS - 2 };
  if (content.image) await placeSeal(document, page, content.image, centre);
  else drawSeal(page, bold, content, centre);
  let y = centre.y - SEAL_RADIUS - 2;
  const below = (text: string, font: PDFFont, lines: number, largest: number) => {
    const fitted = fitText([text], font, { width: size.width, lines, largest, smallest: 5 });
    for (const line of fitted.lines) {
      y -= fitted.size * 1.05;
      const x = (size.width - font.widthOfTextAtSize(line, fitted.size)) / 2;
      page.drawText(line, { x, y, size: fitted.size, font, color: SEAL_RED });
    }
  };
  if (content.image) below(content.agency, regular, 1, 7.5);
  if (content.number) below(content.number, bold, 1, content.image ? 8 : 9);
  below(shownSigningTime(content.signingTime), regular, 1, content.image ? 7.5 : 8);
  if (content.link !== undefined)
    drawQrCode(page, content.link, { x: (size.width - QR_SIDE) / 2, y: 0, side: QR_SIDE });
  return { ...size, pdf: await finishDocument(document) };
}

async function placeSeal(document: AuthoredDocument, page: PDFPage, bytes: Uint8Array, centre: Point): Promise<void> {
  const image = await embedImage(document.pdf, bytes);
  const { width, height } = image.scaleToFit(SEAL_RADIUS * 2, SEAL_RADIUS * 2);
  page.drawImage(image, { x: centre.x - width / 2, y: centre.y - height / 2, width, height });
}

function drawSeal(page: PDFPage, font: PDFFont, content: AgencySealContent, centre: Point): void {
  drawRings(page, centre);
  drawStar(page, centre, 15);
  const agency = printable(content.agency).toUpperCase();
  const superior = content.superior === undefined ? undefined : printable(content.superior).toUpperCase();
  for (const row of rimRows(font, agency, superior === undefined ? 300 : 235, BAND, 9.5))
    drawArc(page, { ...row, font, centre, color: SEAL_RED, middle: Math.PI / 2, clockwise: true });
  if (superior === undefined) return;
  for (const row of rimRows(font, superior, 95, BAND, 7.5).slice(0, 1))
    drawArc(page, { ...row, font, centre, color: SEAL_RED, middle: -Math.PI / 2, clockwise: false });
}

/** Between the rings, where the names stand. */
const BAND = { outer: SEAL_RADIUS - 3.8, inner: SEAL_RADIUS - 17.6 };

function drawRings(page: PDFPage, { x, y }: Point): void {
  page.drawCircle({ x, y, size: SEAL_RADIUS, borderColor: SEAL_RED, borderWidth: 2.4 });
  page.drawCircle({ x, y, size: SEAL_RADIUS - 3.4, borderColor: SEAL_RED, borderWidth: 0.7 });
  page.drawCircle({ x, y, size: SEAL_RADIUS - 18, borderColor: SEAL_RED, borderWidth: 0.9 });
}

/** A five-pointed star, one point up. */
function drawStar(page: PDFPage, centre: Point, radius: number): void {
  const inner = (radius * Math.sin(Math.PI / 10)) / Math.sin((7 * Math.PI) / 10);
  const corners = Array.from({ length: 10 }, (_, i) => {
    const r = i % 2 === 0 ? radius : inner;
    const angle = (i * Math.PI) / 5;
    return `${i === 0 ? 'M' : 'L'} ${(r * Math.sin(angle)).toFixed(3)} ${(-r * Math.cos(angle)).toFixed(3)}`;
  });
  page.drawSvgPath(`${corners.join(' ')} Z`, { x: centre.x, y: centre.y, color: SEAL_RED });
}

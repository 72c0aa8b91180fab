import { type PDFFont, type PDFImage, type PDFPage, rgb } from 'pdf-lib';
import { ProblemError } from '../../platform/errors.ts';
import { authorDocument, type FontFiles, finishDocument, wrapText } from '../author/authored-document.ts';
import type { Drawing } from '../graft.ts';
import { shownSigningTime } from './signing-time.ts';

export interface PersonSignatureContent {
  /** Capacity and office as they stand above a signature, one line each: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`. */
  readonly title: readonly string[];
  readonly name: string;
  /** Epoch ms. */
  readonly signingTime: number;
  /** PNG of the handwritten signature, best with a transparent ground. */
  readonly image?: Uint8Array;
  /** `plain` leaves title and name to the document, which has them already. */
  readonly style?: 'full' | 'plain';
}

/** Points. */
export const PERSON_SIZE = { width: 210, height: 112 };

const INK = rgb(0, 0, 0);
const BLUE = rgb(0.05, 0.2, 0.6);

/**
 * The visible signature of a person (Decree 30/2020, annex I): title, the image of the signature, name, and in small
 * print the time of signing. Without an image a blue frame says that the document is signed digitally.
 * Throws `image_broken` when the PNG cannot be read.
 */
export async function drawPersonSignature(
  fonts: FontFiles,
  content: PersonSignatureContent,
  size = PERSON_SIZE,
): Promise<Drawing> {
  const document = await authorDocument(fonts);
  const page = document.pdf.addPage([size.width, size.height]);
  const { regular, bold } = document.fonts;
  const full = content.style !== 'plain';
  const titles = full ? content.title.flatMap((line) => wrapText(line, bold, 11, size.width)).slice(0, 3) : [];
  const top = size.height - titles.length * 14;
  for (const [index, line] of titles.entries()) centred(page, line, bold, 11, size.height - 11 - index * 14, INK);
  const bottom = full ? 18 : 0;
  if (full) centred(page, oneLine(content.name, bold, 12, size.width), bold, 12, 5, INK);
  const time = shownSigningTime(content.signingTime);
  if (content.image) {
    const image = await document.pdf.embedPng(content.image).catch((cause: unknown) => {
      throw new ProblemError('image_broken', { cause });
    });
    placeImage(page, image, { bottom: bottom + 10, top: top - 2 });
    centred(page, time, regular, 6.5, bottom + 2, BLUE);
  } else {
    drawFrame(page, regular, bold, time, (top + bottom) / 2);
  }
  return { ...size, pdf: await finishDocument(document) };
}

function centred(page: PDFPage, text: string, font: PDFFont, size: number, y: number, color: typeof INK): void {
  page.drawText(text, { x: (page.getWidth() - font.widthOfTextAtSize(text, size)) / 2, y, size, font, color });
}

/** The text, or as much of it as one line takes. */
function oneLine(text: string, font: PDFFont, size: number, width: number): string {
  return wrapText(text, font, size, width)[0] ?? '';
}

function placeImage(page: PDFPage, image: PDFImage, room: { bottom: number; top: number }): void {
  const { width, height } = image.scaleToFit(page.getWidth(), room.top - room.bottom);
  page.drawImage(image, {
    x: (page.getWidth() - width) / 2,
    y: room.bottom + (room.top - room.bottom - height) / 2,
    width,
    height,
  });
}

/** The left third stays empty: the agency's seal will cover it. */
function drawFrame(page: PDFPage, regular: PDFFont, bold: PDFFont, time: string, middle: number): void {
  const height = 34;
  const width = page.getWidth() - 2;
  const y = middle - height / 2;
  const text = { x: width / 3, width: (width * 2) / 3 };
  page.drawRectangle({ x: 1, y, width, height, borderColor: BLUE, borderWidth: 0.8 });
  page.drawRectangle({ x: 1, y, width: 3, height, color: BLUE });
  const words = 'ĐÃ KÝ SỐ';
  const middleOf = (shown: string, font: PDFFont, size: number) =>
    text.x + (text.width - font.widthOfTextAtSize(shown, size)) / 2;
  page.drawText(words, { x: middleOf(words, bold, 11), y: y + 19, size: 11, font: bold, color: BLUE });
  page.drawText(time, { x: middleOf(time, regular, 8), y: y + 7, size: 8, font: regular, color: BLUE });
}

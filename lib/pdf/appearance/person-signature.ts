import { type PDFFont, type PDFImage, type PDFPage, rgb } from 'pdf-lib';
import { authorDocument, type FontFiles, finishDocument } from '../author/authored-document.ts';
import { embedImage } from '../author/embed-image.ts';
import { type FittedText, fitText } from '../author/fit-text.ts';
import type { Drawing } from '../graft.ts';
import { shownSigningTime } from './signing-time.ts';

export interface PersonSignatureContent {
  /** Capacity and office as they stand above a signature, one line each: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`. None where the document has them. */
  readonly title: readonly string[];
  readonly name: string;
  /** Epoch ms. */
  readonly signingTime: number;
  /** PNG of the handwritten signature in blue, best with a transparent ground. */
  readonly image?: Uint8Array;
  /** `plain` leaves title and name to the document, which has them already. */
  readonly style?: 'full' | 'plain';
}

/** Points. */
export const PERSON_SIZE = { width: 210, height: 112 };
/** Of a `plain` one, between a title and a name of the document. */
export const PLAIN_SIZE = { width: 210, height: 62 };

/** Where the image, or the frame in place of it, stands: parts of the width. The agency's seal covers a third of it. */
export const SIGNATURE_STRIP = { from: 0.16, width: 0.68 };

const INK = rgb(0, 0, 0);
const BLUE = rgb(0.05, 0.2, 0.6);

/**
 * The visible signature of a person (Decree 30/2020, annex I): title, the image of the signature, name, and in small
 * print the time of signing. Without an image a blue frame says that the document is signed digitally. Long titles and
 * names wrap, then shrink; all of it shrinks with `size`. Throws `image_broken` when the PNG cannot be read.
 */
export async function drawPersonSignature(
  fonts: FontFiles,
  content: PersonSignatureContent,
  size: { readonly width: number; readonly height: number } = usualSize(content.style),
): Promise<Drawing> {
  const document = await authorDocument(fonts);
  const page = document.pdf.addPage([size.width, size.height]);
  const { regular, bold } = document.fonts;
  const full = content.style !== 'plain';
  const scale = Math.min(1, size.height / usualSize(content.style).height, size.width / (PERSON_SIZE.width * 0.6));
  const fitted = (text: readonly string[], lines: number, largest: number) =>
    fitText(text, bold, { width: size.width, lines, largest: largest * scale, smallest: 6 * scale });
  const title = full && content.title.length > 0 ? fitted(content.title, 4, 11) : NO_TEXT;
  const name = full ? fitted([content.name], 2, 12) : NO_TEXT;
  const top = size.height - height(title);
  const bottom = height(name);
  stack(page, title, bold, size.height);
  stack(page, name, bold, bottom);
  const time = shownSigningTime(content.signingTime);
  const strip = { x: size.width * SIGNATURE_STRIP.from, width: size.width * SIGNATURE_STRIP.width };
  if (content.image) {
    const small = fitText([time], regular, { ...strip, lines: 1, largest: 6.5 * scale, smallest: 3 });
    const room = { bottom: bottom + small.size * 1.5, top: top - 2 };
    if (room.top > room.bottom) placeImage(page, await embedImage(document.pdf, content.image), strip, room);
    centred(page, time, regular, small.size, bottom + small.size * 0.4, BLUE);
  } else {
    drawFrame(page, { regular, bold }, time, strip, { bottom, top }, scale);
  }
  return { ...size, pdf: await finishDocument(document) };
}

function usualSize(style: PersonSignatureContent['style']) {
  return style === 'plain' ? PLAIN_SIZE : PERSON_SIZE;
}

const NO_TEXT: FittedText = { lines: [], size: 0 };
const PITCH = 1.22;

function height({ lines, size }: FittedText): number {
  return lines.length * size * PITCH + (lines.length > 0 ? 3 * Math.min(1, size / 8) : 0);
}

/** Lines below one another, centred, from `top` down. */
function stack(page: PDFPage, { lines, size }: FittedText, font: PDFFont, top: number): void {
  for (const [index, line] of lines.entries()) {
    centred(page, line, font, size, top - size * 0.95 - index * size * PITCH, INK);
  }
}

function centred(page: PDFPage, text: string, font: PDFFont, size: number, y: number, color: typeof INK): void {
  page.drawText(text, { x: (page.getWidth() - font.widthOfTextAtSize(text, size)) / 2, y, size, font, color });
}

interface Strip {
  readonly x: number;
  readonly width: number;
}

function placeImage(page: PDFPage, image: PDFImage, strip: Strip, room: { bottom: number; top: number }): void {
  const { width, height } = image.scaleToFit(strip.width, room.top - room.bottom);
  page.drawImage(image, {
    x: strip.x + (strip.width - width) / 2,
    y: room.bottom + (room.top - room.bottom - height) / 2,
    width,
    height,
  });
}

/** The left third of the frame stays empty: the agency's seal will cover it. */
function drawFrame(
  page: PDFPage,
  { regular, bold }: { regular: PDFFont; bold: PDFFont },
  time: string,
  strip: Strip,
  room: { bottom: number; top: number },
  scale: number,
): void {
  const height = Math.min(34 * scale, room.top - room.bottom);
  if (height <= 0) return;
  const y = (room.top + room.bottom) / 2 - height / 2;
  page.drawRectangle({ x: strip.x, y, width: strip.width, height, borderColor: BLUE, borderWidth: 0.8 * scale });
  page.drawRectangle({ x: strip.x, y, width: 3 * scale, height, color: BLUE });
  const text = { x: strip.x + strip.width * 0.34, width: strip.width * 0.64 };
  const line = (words: string, font: PDFFont, largest: number, part: number) => {
    const { size } = fitText([words], font, { width: text.width, lines: 1, largest: largest * scale, smallest: 2 });
    const x = text.x + (text.width - font.widthOfTextAtSize(words, size)) / 2;
    page.drawText(words, { x, y: y + height * part, size: Math.min(size, height * 0.4), font, color: BLUE });
  };
  line('ĐÃ KÝ SỐ', bold, 11, 0.56);
  line(time, regular, 8, 0.2);
}

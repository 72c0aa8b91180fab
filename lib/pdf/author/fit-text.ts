import type { PDFFont } from 'pdf-lib';
import { wrapText } from './authored-document.ts';

/** Where text has to go: sizes in points. */
export interface TextRoom {
  readonly width: number;
  readonly lines: number;
  readonly largest: number;
  readonly smallest: number;
}

export interface FittedText {
  readonly lines: readonly string[];
  readonly size: number;
}

const STEP = 0.5;

/**
 * Paragraphs in the largest size with which they take no more lines than there are: long names wrap, then shrink. What
 * does not fit in the smallest size ends in `…`. Words are broken only when nothing else helps.
 */
export function fitText(paragraphs: readonly string[], font: PDFFont, room: TextRoom): FittedText {
  const widest = Math.max(0, ...paragraphs.flatMap((text) => text.split(/\s+/)).map((word) => widthAt1(font, word)));
  for (let size = room.largest; size > room.smallest; size -= STEP) {
    if (widest * size > room.width) continue;
    const lines = paragraphs.flatMap((text) => wrapText(text, font, size, room.width));
    if (lines.length <= room.lines) return { lines, size };
  }
  const lines = paragraphs.flatMap((text) => wrapText(text, font, room.smallest, room.width));
  if (lines.length <= room.lines) return { lines, size: room.smallest };
  const kept = lines.slice(0, room.lines);
  const last = wrapText(kept.pop() ?? '', font, room.smallest, room.width - widthAt1(font, '…') * room.smallest)[0];
  return { lines: [...kept, `${last ?? ''}…`], size: room.smallest };
}

function widthAt1(font: PDFFont, text: string): number {
  return font.widthOfTextAtSize(text, 1);
}

import { rgb } from 'pdf-lib';
import { authorDocument, type FontFiles, finishDocument } from '../author/authored-document.ts';
import { fitText } from '../author/fit-text.ts';
import type { Drawing } from '../graft.ts';
import { shownSigningTime } from './signing-time.ts';

export interface AnnexMarkContent {
  readonly agency: string;
  /** Number and symbol of the document that the annex belongs to: `Số: 12/QĐ-UBND`. */
  readonly number?: string;
  /** Epoch ms. */
  readonly signingTime: number;
}

/** Points. */
export const ANNEX_WIDTH = 230;
const SIZE = 10;
const PITCH = 12.5;

/**
 * The agency's signature on an annex that is a file of its own (Decree 30/2020, annex I): text only, in upright black
 * letters of size 10, for the upper right of the first page.
 */
export async function drawAnnexMark(fonts: FontFiles, content: AnnexMarkContent): Promise<Drawing> {
  const document = await authorDocument(fonts);
  const font = document.fonts.regular;
  const shown = [
    { text: content.agency, lines: 2 },
    ...(content.number ? [{ text: content.number, lines: 1 }] : []),
    { text: `Thời gian ký: ${shownSigningTime(content.signingTime)}`, lines: 1 },
  ];
  const lines = shown.flatMap(({ text, lines: most }) => {
    const fitted = fitText([text], font, { width: ANNEX_WIDTH, lines: most, largest: SIZE, smallest: 7 });
    return fitted.lines.map((line) => ({ line, size: fitted.size }));
  });
  const height = lines.length * PITCH + 2;
  const page = document.pdf.addPage([ANNEX_WIDTH, height]);
  for (const [index, { line, size }] of lines.entries()) {
    const x = ANNEX_WIDTH - font.widthOfTextAtSize(line, size);
    page.drawText(line, { x, y: height - PITCH * (index + 0.85), size, font, color: rgb(0, 0, 0) });
  }
  return { width: ANNEX_WIDTH, height, pdf: await finishDocument(document) };
}

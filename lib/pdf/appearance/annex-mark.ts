import { rgb } from 'pdf-lib';
import { authorDocument, type FontFiles, finishDocument, wrapText } from '../author/authored-document.ts';
import type { Drawing } from '../graft.ts';
import { shownSigningTime } from './signing-time.ts';

/** Points. */
const WIDTH = 200;
const SIZE = 8.5;

/**
 * The agency's signature on an annex that is a file of its own (Decree 30/2020, annex I): text only, for the upper
 * right of the first page.
 */
export async function drawAnnexMark(
  fonts: FontFiles,
  content: { readonly agency: string; readonly number?: string; readonly signingTime: number },
): Promise<Drawing> {
  const document = await authorDocument(fonts);
  const { regular, bold } = document.fonts;
  const lines = [
    ...wrapText(content.agency, bold, SIZE, WIDTH)
      .slice(0, 3)
      .map((text) => ({ text, font: bold })),
    ...(content.number ? wrapText(content.number, regular, SIZE, WIDTH).slice(0, 1) : []).map((text) => ({
      text,
      font: regular,
    })),
    { text: `Thời gian ký: ${shownSigningTime(content.signingTime)}`, font: regular },
  ];
  const height = lines.length * 11 + 2;
  const page = document.pdf.addPage([WIDTH, height]);
  for (const [index, { text, font }] of lines.entries()) {
    const x = WIDTH - font.widthOfTextAtSize(text, SIZE);
    page.drawText(text, { x, y: height - 9 - index * 11, size: SIZE, font, color: rgb(0.05, 0.2, 0.6) });
  }
  return { width: WIDTH, height, pdf: await finishDocument(document) };
}

import { create } from 'fontkit';
import { PDFDocument, type PDFFont } from 'pdf-lib';

/** The bytes of the TrueType fonts that authored text is set in: Tinos, which has the metrics of Times New Roman. */
export interface FontFiles {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  /** For the place and date of a letter; upright where absent. */
  readonly italic?: Uint8Array;
}

export interface Typefaces {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
  readonly italic: PDFFont;
}

export interface AuthoredDocument {
  readonly pdf: PDFDocument;
  readonly fonts: Typefaces;
}

/** An empty document with its fonts, of which only the glyphs used are embedded. The same input gives the same bytes. */
export async function authorDocument(files: FontFiles): Promise<AuthoredDocument> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.registerFontkit({ create });
  const embed = (bytes: Uint8Array) => pdf.embedFont(bytes, { subset: true });
  const regular = await embed(files.regular);
  return {
    pdf,
    fonts: { regular, bold: await embed(files.bold), italic: files.italic ? await embed(files.italic) : regular },
  };
}

/** The finished bytes. */
export async function finishDocument(document: AuthoredDocument): Promise<Uint8Array> {
  return document.pdf.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false });
}

/** Text as the fonts have it: composed letters, no line ends, tabs or control characters. */
export function printable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '');
}

/** Words set into lines no wider than `width`; a longer word is broken between letters. */
export function wrapText(text: string, font: PDFFont, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text)
    .split(' ')
    .filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (font.widthOfTextAtSize(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = breakWord(word, font, size, width);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? '';
  }
  if (line !== '') lines.push(line);
  return lines;
}

function breakWord(word: string, font: PDFFont, size: number, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const letter of word) {
    if (part !== '' && font.widthOfTextAtSize(part + letter, size) > width) {
      parts.push(part);
      part = letter;
    } else part += letter;
  }
  return [...parts, part];
}

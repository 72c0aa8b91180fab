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

/** An empty document with its fonts, of which only used glyphs are embedded. The same input gives the same bytes. */
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

const widths = new WeakMap<PDFFont, Map<string, number>>();

/** Width of a word at size 1. Fonts are set without kerning, so a line is as wide as its words and blanks together. */
function wordWidth(word: string, font: PDFFont): number {
  const known = widths.get(font) ?? new Map<string, number>();
  widths.set(font, known);
  const width = known.get(word) ?? font.widthOfTextAtSize(word, 1);
  known.set(word, width);
  return width;
}

/** Words set into lines no wider than `width`; a longer word is broken between letters. */
export function wrapText(text: string, font: PDFFont, size: number, width: number): string[] {
  const lines: string[] = [];
  const blank = wordWidth(' ', font);
  const room = width / size;
  let line = '';
  let used = 0;
  for (const word of printable(text).split(' ')) {
    if (word === '') continue;
    const own = wordWidth(word, font);
    if (line !== '' && used + blank + own <= room) {
      line += ` ${word}`;
      used += blank + own;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = own <= room ? [word] : breakWord(word, font, room);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? '';
    used = wordWidth(line, font);
  }
  if (line !== '') lines.push(line);
  return lines;
}

function breakWord(word: string, font: PDFFont, room: number): string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const letter of word) {
    const own = wordWidth(letter, font);
    if (part !== '' && used + own > room) {
      parts.push(part);
      [part, used] = ['', 0];
    }
    part += letter;
    used += own;
  }
  return [...parts, part];
}

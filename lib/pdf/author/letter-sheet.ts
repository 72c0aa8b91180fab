import { type Color, type PDFFont, type PDFPage, rgb } from 'pdf-lib';
import { type AuthoredDocument, printable, wrapText } from './authored-document.ts';

const MM = 72 / 25.4;
/** A4 and the margins of Decree 30/2020, annex I. */
export const SHEET = {
  width: 210 * MM,
  height: 297 * MM,
  top: 20 * MM,
  bottom: 20 * MM,
  left: 30 * MM,
  right: 18 * MM,
} as const;

export type Alignment = 'justified' | 'left' | 'centre' | 'right';

export interface TextStyle {
  readonly font: PDFFont;
  readonly size: number;
  readonly align?: Alignment;
  /** Points that the first line begins further in. */
  readonly indent?: number;
  /** Line pitch as a multiple of the size. */
  readonly pitch?: number;
  /** Black unless told. */
  readonly color?: Color;
}

/** A column to set text in. */
export interface Column {
  readonly x: number;
  readonly width: number;
}

export const TEXT_COLUMN: Column = { x: SHEET.left, width: SHEET.width - SHEET.left - SHEET.right };

/** Sheets filled from the top; a new one is begun, and numbered, when the last is full. */
export class Sheets {
  readonly document: AuthoredDocument;
  page: PDFPage;
  pageIndex = 0;
  /** Points above the lower edge where the next line's top is. */
  y = SHEET.height - SHEET.top;

  constructor(document: AuthoredDocument) {
    this.document = document;
    this.page = document.pdf.addPage([SHEET.width, SHEET.height]);
  }

  /** Begins a new sheet when fewer than `height` points are left. */
  need(height: number): void {
    if (this.y - height >= SHEET.bottom) return;
    this.page = this.document.pdf.addPage([SHEET.width, SHEET.height]);
    this.pageIndex++;
    this.y = SHEET.height - SHEET.top;
    const number = String(this.pageIndex + 1);
    const font = this.document.fonts.regular;
    const x = (SHEET.width - font.widthOfTextAtSize(number, 13)) / 2;
    this.page.drawText(number, { x, y: SHEET.height - 13 * MM, size: 13, font });
  }

  skip(height: number): void {
    this.y -= height;
  }

  /** Sets text into a column from the present height on, over as many sheets as it takes. */
  text(text: string, style: TextStyle, column: Column = TEXT_COLUMN): void {
    const lines = setLines(text, style, column.width);
    for (const [index, line] of lines.entries()) {
      const height = style.size * (style.pitch ?? 1.25);
      this.need(height);
      const indent = index === 0 ? (style.indent ?? 0) : 0;
      const last = index === lines.length - 1;
      drawLine(
        this.page,
        line,
        style,
        { x: column.x + indent, width: column.width - indent },
        this.y - style.size,
        last,
      );
      this.y -= height;
    }
  }

  /** A line centred in a column, `width` long, just below the present height. */
  rule(column: Column, width: number): void {
    const x = column.x + (column.width - width) / 2;
    this.page.drawLine({ start: { x, y: this.y }, end: { x: x + width, y: this.y }, thickness: 0.7 });
  }
}

/** Lines of a paragraph whose first is shorter by the indent. */
function setLines(text: string, { font, size, indent = 0, align }: TextStyle, width: number): string[] {
  if (align === 'centre') return balancedLines(text, font, size, width);
  if (indent === 0) return wrapText(text, font, size, width);
  const [first = ''] = wrapText(text, font, size, width - indent);
  const rest = printable(text)
    .split(' ')
    .filter((word) => word !== '')
    .join(' ')
    .slice(first.length);
  return [first, ...wrapText(rest, font, size, width)];
}

/** As few lines as the width allows, of about the same length: no word is left alone on the last. */
function balancedLines(text: string, font: PDFFont, size: number, width: number): string[] {
  let lines = wrapText(text, font, size, width);
  for (let narrower = width * 0.95; narrower > width / 2; narrower *= 0.95) {
    const tried = wrapText(text, font, size, narrower);
    if (tried.length > lines.length) break;
    lines = tried;
  }
  return lines;
}

/** Height that `text` takes in a column. */
export function textHeight(text: string, style: TextStyle, column: Column): number {
  return setLines(text, style, column.width).length * style.size * (style.pitch ?? 1.25);
}

const BLACK = rgb(0, 0, 0);

function drawLine(
  page: PDFPage,
  line: string,
  { font, size, align = 'left', color = BLACK }: TextStyle,
  column: Column,
  y: number,
  last: boolean,
): void {
  const width = font.widthOfTextAtSize(line, size);
  const words = line.split(' ');
  if (align === 'justified' && !last && words.length > 1) {
    const gap =
      (column.width - words.reduce((sum, word) => sum + font.widthOfTextAtSize(word, size), 0)) / (words.length - 1);
    let x = column.x;
    for (const word of words) {
      page.drawText(word, { x, y, size, font, color });
      x += font.widthOfTextAtSize(word, size) + gap;
    }
    return;
  }
  const slack = column.width - width;
  const x = column.x + (align === 'centre' ? slack / 2 : align === 'right' ? slack : 0);
  page.drawText(line, { x, y, size, font, color });
}

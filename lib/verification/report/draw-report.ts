import { type Color, rgb } from 'pdf-lib';
import { authorDocument, type FontFiles, finishDocument, printable } from '../../pdf/author/authored-document.ts';
import { type Column, SHEET, Sheets, TEXT_COLUMN, type TextStyle, textHeight } from '../../pdf/author/letter-sheet.ts';
import { drawQrCode } from '../../pdf/author/qr-code.ts';
import type { BothLanguages, ReportCard, ReportContent, ReportRow, Tone } from './report-content.ts';

const GREY = rgb(0.35, 0.35, 0.35);
const TONES: Readonly<Record<Tone, { readonly ink: Color; readonly ground: Color }>> = {
  good: { ink: rgb(0.05, 0.42, 0.2), ground: rgb(0.91, 0.97, 0.92) },
  doubtful: { ink: rgb(0.6, 0.36, 0), ground: rgb(1, 0.96, 0.86) },
  bad: { ink: rgb(0.72, 0.08, 0.08), ground: rgb(1, 0.92, 0.91) },
};

const WIDE: Column = { x: SHEET.left - 28, width: TEXT_COLUMN.width + 40 };
const LABEL: Column = { x: WIDE.x + 8, width: 112 };
const VALUE: Column = { x: LABEL.x + LABEL.width + 10, width: WIDE.width - LABEL.width - 26 };
const SIZE = 10.5;
const SMALL = 8.5;

/**
 * Lays a report out, on as many A4 sheets as it takes. It has neither national title nor number nor a round seal, so that
 * nobody takes it for a document of an agency (NĐ 30/2020, art. 8); the upper right of the first sheet stays free for the signature.
 */
export async function drawReport(fonts: FontFiles, content: ReportContent): Promise<Uint8Array> {
  const document = await authorDocument(fonts);
  document.pdf.setTitle('Báo cáo kiểm tra chữ ký số');
  document.pdf.setLanguage('vi');
  const sheets = new Sheets(document);
  drawTitle(sheets);
  drawBanner(sheets, content);
  drawSection(sheets, { vi: 'Tệp được kiểm tra', en: 'The file' }, content.file);
  drawSection(sheets, { vi: 'Văn bản đã phát hành', en: 'What was issued here' }, content.issued, content.link);
  drawHeading(sheets, { vi: 'Chữ ký', en: 'Signatures' });
  if (content.signatures.length === 0) drawValues(sheets, [NO_SIGNATURES], { ...WIDE, x: WIDE.x + 8 });
  for (const card of content.signatures) drawCard(sheets, card);
  drawSection(sheets, { vi: 'Cách kiểm tra', en: 'How it was verified' }, content.made);
  return finishDocument(document);
}

const NO_SIGNATURES = { vi: 'Không có chữ ký nào để kể ra.', en: 'There is none to be listed.' };

function drawTitle(sheets: Sheets): void {
  const { bold, italic } = sheets.document.fonts;
  sheets.skip(10);
  sheets.text('BÁO CÁO KIỂM TRA CHỮ KÝ SỐ', { font: bold, size: 17, align: 'centre' }, WIDE);
  sheets.text('Report on digital signatures', { font: italic, size: 12, align: 'centre', color: GREY }, WIDE);
  sheets.skip(4);
  const note = { font: italic, size: 9, align: 'centre', color: GREY } as const;
  sheets.text(
    'Do máy lập. Không phải văn bản của cơ quan nhà nước và không thay cho văn bản được kiểm tra.',
    note,
    WIDE,
  );
  sheets.text('Made by a machine. Not a document of any authority, and no substitute for the file.', note, WIDE);
  sheets.skip(12);
}

/** The conclusion at a glance: by colour, by a mark and in words. */
function drawBanner(sheets: Sheets, { tone, conclusion, summary }: ReportContent): void {
  const { bold, regular, italic } = sheets.document.fonts;
  const { ink, ground } = TONES[tone];
  const column: Column = { x: WIDE.x + 58, width: WIDE.width - 70 };
  const parts: (readonly [string, TextStyle])[] = [
    [conclusion.vi, { font: bold, size: 14, color: ink }],
    [conclusion.en, { font: italic, size: 10.5 }],
    [summary.vi, { font: regular, size: 10.5 }],
    [summary.en, { font: italic, size: SMALL, color: GREY }],
  ];
  const height = parts.reduce((sum, [text, style]) => sum + textHeight(text, style, column), 0) + 22;
  sheets.need(height);
  fill(sheets, ground, height);
  const [x, y] = [WIDE.x + 29, sheets.y - height / 2];
  drawMark(sheets, tone, x, y);
  const bottom = sheets.y - height;
  sheets.skip(9);
  for (const [text, style] of parts) sheets.text(text, style, column);
  sheets.y = bottom - 8;
}

/** A tick, a question mark or a cross in a disc. */
function drawMark({ page, document }: Sheets, tone: Tone, x: number, y: number): void {
  const { ink } = TONES[tone];
  const white = rgb(1, 1, 1);
  page.drawCircle({ x, y, size: 17, color: ink });
  const stroke = (...points: readonly (readonly [number, number])[]) => {
    for (const [index, [toX, toY]] of points.entries()) {
      const [fromX, fromY] = points[index - 1] ?? [toX, toY];
      const [start, end] = [
        { x: x + fromX, y: y + fromY },
        { x: x + toX, y: y + toY },
      ];
      if (index > 0) page.drawLine({ start, end, thickness: 3, color: white });
    }
  };
  if (tone === 'good') stroke([-8, 0], [-2, -6], [8, 7]);
  else if (tone === 'bad') {
    stroke([-6, -6], [6, 6]);
    stroke([-6, 6], [6, -6]);
  } else page.drawText('?', { x: x - 6, y: y - 9, size: 26, font: document.fonts.bold, color: white });
}

function drawHeading(sheets: Sheets, { vi, en }: BothLanguages): void {
  const { bold, italic } = sheets.document.fonts;
  sheets.skip(8);
  // A heading does not stand alone at the foot of a sheet.
  sheets.need(70);
  const width = bold.widthOfTextAtSize(vi, 12.5);
  const y = sheets.y - 12.5;
  sheets.page.drawText(vi, { x: WIDE.x, y, size: 12.5, font: bold });
  sheets.page.drawText(en, { x: WIDE.x + width + 8, y, size: 10, font: italic, color: GREY });
  sheets.skip(17);
  line(sheets);
  sheets.skip(5);
}

const QR_SIDE = 64;

function drawSection(sheets: Sheets, heading: BothLanguages, rows: readonly ReportRow[], link?: string): void {
  drawHeading(sheets, heading);
  if (link === undefined) {
    for (const row of rows) drawRow(sheets, row);
    return;
  }
  sheets.need(QR_SIDE + 10);
  const [page, bottom] = [sheets.page, sheets.y - QR_SIDE - 4];
  const beside = VALUE.width - QR_SIDE - 12;
  drawQrCode(page, link, { x: VALUE.x + beside + 12, y: sheets.y - QR_SIDE, side: QR_SIDE });
  for (const row of rows) drawRow(sheets, row, sheets.page === page && sheets.y > bottom ? beside : VALUE.width);
  if (sheets.page === page) sheets.y = Math.min(sheets.y, bottom);
}

function drawCard(sheets: Sheets, { heading, status, tone, rows }: ReportCard): void {
  const { bold, italic } = sheets.document.fonts;
  const { ink, ground } = TONES[tone];
  const height = 20;
  sheets.skip(3);
  sheets.need(height + 60);
  fill(sheets, ground, height);
  const y = sheets.y - 14;
  sheets.page.drawText(heading, { x: WIDE.x + 8, y, size: 11.5, font: bold });
  const widths = [bold.widthOfTextAtSize(status.vi, 11), italic.widthOfTextAtSize(status.en, SMALL)] as const;
  const x = WIDE.x + WIDE.width - 8 - widths[0] - 6 - widths[1];
  sheets.page.drawText(status.vi, { x, y, size: 11, font: bold, color: ink });
  sheets.page.drawText(status.en, { x: x + widths[0] + 6, y, size: SMALL, font: italic, color: ink });
  sheets.skip(height + 5);
  for (const row of rows) drawRow(sheets, row);
  sheets.skip(6);
}

/** Label at the left, values at the right; only a long row is torn by the end of a sheet. */
function drawRow(sheets: Sheets, { label, values }: ReportRow, width = VALUE.width): void {
  const { regular, italic } = sheets.document.fonts;
  const value = { ...VALUE, width };
  const labels: (readonly [string, TextStyle])[] = [
    [label.vi, { font: regular, size: SIZE, color: GREY }],
    ...(label.en === label.vi ? [] : [[label.en, { font: italic, size: SMALL, color: GREY }] as const]),
  ];
  const height = labels.reduce((sum, [text, style]) => sum + textHeight(text, style, LABEL), 0);
  sheets.need(Math.min(Math.max(height, valuesHeight(sheets, values, value)), SHEET.height / 6));
  const [page, top] = [sheets.page, sheets.y];
  for (const [text, style] of labels) sheets.text(text, style, LABEL);
  const below = sheets.y;
  sheets.y = top;
  drawValues(sheets, values, value);
  if (sheets.page === page) sheets.y = Math.min(sheets.y, below);
  sheets.skip(4);
}

function drawValues(sheets: Sheets, values: ReportRow['values'], column: Column): void {
  for (const [text, style] of values.flatMap((value) => lines(sheets, value))) sheets.text(text, style, column);
}

function valuesHeight(sheets: Sheets, values: ReportRow['values'], column: Column): number {
  const all = values.flatMap((value) => lines(sheets, value));
  return all.reduce((sum, [text, style]) => sum + textHeight(text, style, column), 0);
}

function lines({ document: { fonts } }: Sheets, value: string | BothLanguages): (readonly [string, TextStyle])[] {
  if (typeof value === 'string') return [[shown(value), { font: fonts.regular, size: SIZE }]];
  return [
    [shown(value.vi), { font: fonts.regular, size: SIZE }],
    [shown(value.en), { font: fonts.italic, size: SMALL, color: GREY }],
  ];
}

/** A text of which nothing can be shown still takes its line. */
function shown(text: string): string {
  return printable(text).trim() === '' ? '–' : text;
}

function fill(sheets: Sheets, color: Color, height: number): void {
  sheets.page.drawRectangle({ x: WIDE.x, y: sheets.y - height, width: WIDE.width, height, color });
}

function line(sheets: Sheets): void {
  const [start, end] = [WIDE.x, WIDE.x + WIDE.width].map((x) => ({ x, y: sheets.y })) as [Point, Point];
  sheets.page.drawLine({ start, end, thickness: 0.6, color: GREY });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

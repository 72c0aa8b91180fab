import type { SignaturePlace } from '../signature-place.ts';
import { authorDocument, type FontFiles, finishDocument } from './authored-document.ts';
import type { LetterContent, LetterPart } from './letter-content.ts';
import { drawHeading, drawTitle } from './letter-heading.ts';
import { type Column, SHEET, Sheets, TEXT_COLUMN, textHeight } from './letter-sheet.ts';
import { drawQrCode } from './qr-code.ts';

export type { LetterContent, LetterPart } from './letter-content.ts';

export interface Letter {
  readonly pdf: Uint8Array;
  readonly pages: number;
  /** Between the signer's title and name: for a `plain` signature of a person. Absent without a signer. */
  readonly signature: SignaturePlace | undefined;
}

const BODY = 13;
const SIGNATURE_HEIGHT = 66;

/**
 * Sets an official document: national title and motto, agency, number, place and date, type and summary or
 * addressees, body, signer, recipients.
 */
export async function composeLetter(fonts: FontFiles, content: LetterContent): Promise<Letter> {
  const document = await authorDocument(fonts);
  const sheets = new Sheets(document);
  drawHeading(sheets, content);
  drawTitle(sheets, content);
  for (const part of content.body) drawPart(sheets, part);
  const signature = drawClosing(sheets, content);
  return { pdf: await finishDocument(document), pages: sheets.pageIndex + 1, signature };
}

function drawPart(sheets: Sheets, part: LetterPart): void {
  const { regular, bold, italic } = sheets.document.fonts;
  if ('label' in part) {
    const label: Column = { x: TEXT_COLUMN.x, width: 150 };
    const value: Column = { x: TEXT_COLUMN.x + 160, width: TEXT_COLUMN.width - 160 };
    const style = { font: regular, size: BODY };
    const height = Math.max(
      textHeight(part.label, style, label),
      textHeight(part.value, { ...style, font: bold }, value),
    );
    sheets.need(Math.min(height, SHEET.height / 2));
    const [page, top] = [sheets.page, sheets.y];
    sheets.text(part.label, style, label);
    const below = sheets.y;
    if (sheets.page === page) sheets.y = top;
    sheets.text(part.value, { ...style, font: bold }, value);
    sheets.y = sheets.page === page ? Math.min(sheets.y, below) : sheets.y;
    sheets.skip(4);
    return;
  }
  const align = part.align ?? 'justified';
  const indent = align === 'justified' ? 28 : 0;
  sheets.text(part.text, {
    font: part.bold ? bold : part.italic ? italic : regular,
    size: BODY,
    align,
    indent,
    pitch: 1.35,
  });
  sheets.skip(6);
}

/** Signer at the right, recipients and QR code at the left, all on one sheet. */
function drawClosing(sheets: Sheets, content: LetterContent): SignaturePlace | undefined {
  const { bold, italic, regular } = sheets.document.fonts;
  const left: Column = { x: TEXT_COLUMN.x, width: TEXT_COLUMN.width * 0.46 };
  const right: Column = { x: TEXT_COLUMN.x + TEXT_COLUMN.width * 0.5, width: TEXT_COLUMN.width * 0.5 };
  const recipients = content.recipients ?? [];
  const signerHeight = content.signer ? content.signer.title.length * 17 + SIGNATURE_HEIGHT + 24 : 0;
  const leftHeight = (recipients.length > 0 ? 18 : 0) + recipients.length * 14 + (content.qr ? QR_SIDE + 28 : 0);
  sheets.skip(10);
  sheets.need(Math.max(signerHeight, leftHeight));
  const top = sheets.y;
  let place: SignaturePlace | undefined;
  if (content.signer) {
    for (const line of content.signer.title)
      sheets.text(line, { font: bold, size: BODY, align: 'centre', pitch: 1.3 }, right);
    const box = { x: right.x, y: sheets.y - SIGNATURE_HEIGHT, width: right.width, height: SIGNATURE_HEIGHT };
    place = { page: sheets.pageIndex, box };
    sheets.skip(SIGNATURE_HEIGHT + 2);
    if (content.signer.name) sheets.text(content.signer.name, { font: bold, size: 14, align: 'centre' }, right);
  }
  const bottom = sheets.y;
  sheets.y = top;
  if (recipients.length > 0) {
    sheets.text('Nơi nhận:', { font: bold, size: 12, pitch: 1.35 }, left);
    for (const line of recipients) sheets.text(`- ${line}`, { font: regular, size: 11, pitch: 1.25 }, left);
  }
  if (content.qr) drawQr(sheets, content.qr, left, italic);
  sheets.y = Math.min(sheets.y, bottom);
  return place;
}

const QR_SIDE = 72;

function drawQr(
  sheets: Sheets,
  qr: NonNullable<LetterContent['qr']>,
  column: Column,
  font: Sheets['document']['fonts']['italic'],
): void {
  sheets.skip(8);
  drawQrCode(sheets.page, qr.text, { x: column.x, y: sheets.y - QR_SIDE, side: QR_SIDE });
  sheets.skip(QR_SIDE + 3);
  if (qr.caption) sheets.text(qr.caption, { font, size: 9 }, column);
}

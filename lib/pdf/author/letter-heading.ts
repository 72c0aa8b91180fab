import type { LetterContent } from './letter-content.ts';
import { type Column, type Sheets, TEXT_COLUMN } from './letter-sheet.ts';

const NATION = 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM';
const MOTTO = 'Độc lập - Tự do - Hạnh phúc';

const LEFT: Column = { x: TEXT_COLUMN.x - 22, width: TEXT_COLUMN.width * 0.42 };
const RIGHT: Column = { x: LEFT.x + LEFT.width, width: TEXT_COLUMN.width - LEFT.width + 32 };

/** Agency, number and subject at the left; national title, motto, place and date at the right. */
export function drawHeading(sheets: Sheets, content: LetterContent): void {
  const { regular, bold, italic } = sheets.document.fonts;
  const top = sheets.y;
  if (content.superior) sheets.text(content.superior.toUpperCase(), { font: regular, size: 12, align: 'centre' }, LEFT);
  sheets.text(content.agency.toUpperCase(), { font: bold, size: 12, align: 'centre' }, LEFT);
  sheets.skip(2);
  sheets.rule(LEFT, LEFT.width * 0.35);
  const afterAgency = sheets.y;

  sheets.y = top;
  sheets.text(NATION, { font: bold, size: 12, align: 'centre' }, RIGHT);
  sheets.text(MOTTO, { font: bold, size: 13, align: 'centre' }, RIGHT);
  sheets.skip(2);
  sheets.rule(RIGHT, bold.widthOfTextAtSize(MOTTO, 13));

  sheets.y = Math.min(sheets.y, afterAgency) - 8;
  const second = sheets.y;
  sheets.text(content.number ?? 'Số:            ', { font: regular, size: 13, align: 'centre' }, LEFT);
  if (content.about) sheets.text(content.about, { font: regular, size: 12, align: 'centre' }, LEFT);
  const afterNumber = sheets.y;
  sheets.y = second;
  sheets.text(`${content.place}, ${dateInWords(content.date)}`, { font: italic, size: 13, align: 'centre' }, RIGHT);
  sheets.y = Math.min(sheets.y, afterNumber) - 14;
}

/** Type and summary, or the addressees of an official letter. */
export function drawTitle(sheets: Sheets, content: LetterContent): void {
  const { regular, bold } = sheets.document.fonts;
  if (content.type) {
    sheets.text(content.type.toUpperCase(), { font: bold, size: 14, align: 'centre' });
    if (content.summary) {
      sheets.text(content.summary, { font: bold, size: 13.5, align: 'centre' });
      sheets.skip(3);
      sheets.rule(TEXT_COLUMN, 90);
    }
    sheets.skip(14);
  }
  const addressees = content.addressees ?? [];
  if (addressees.length === 1) {
    sheets.text(`Kính gửi: ${addressees[0]}`, { font: regular, size: 14, align: 'centre' });
  } else if (addressees.length > 1) {
    const column = { x: TEXT_COLUMN.x + 70, width: TEXT_COLUMN.width - 70 };
    sheets.text('Kính gửi:', { font: regular, size: 14 }, column);
    for (const [index, addressee] of addressees.entries()) {
      const end = index === addressees.length - 1 ? '.' : ';';
      sheets.text(`- ${addressee}${end}`, { font: regular, size: 14 }, { x: column.x + 62, width: column.width - 62 });
    }
  }
  if (addressees.length > 0) sheets.skip(10);
}

/** `ngày 02 tháng 7 năm 2025`: days below 10 and the months 1 and 2 get a zero (annex I, section II, 4). */
export function dateInWords(instant: number): string {
  const local = new Date(instant + 7 * 3_600_000);
  const day = String(local.getUTCDate()).padStart(2, '0');
  const month = local.getUTCMonth() + 1;
  return `ngày ${day} tháng ${month < 3 ? `0${month}` : month} năm ${local.getUTCFullYear()}`;
}

import { expect, test } from 'vitest';
import { authorDocument, finishDocument } from '../../../lib/pdf/author/authored-document.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { appearanceOf } from '../../../lib/signing/appearance.ts';
import { shownText } from '../pdf/shown-text.ts';
import { TINOS } from '../pdf/tinos.ts';

const AT = Date.UTC(2026, 2, 9);
const SIGNED = ['ĐÃ KÝ SỐ', '09-03-2026 07:00:00 +07:00'];
const NAME = 'Hoàng Văn Ưởng';
/** Text, its middle or its left edge, and its baseline. */
type Line = readonly [text: string, x: number, y: number, align?: 'left'];

/** What is drawn, and where, on a page with these lines. */
async function signed(lines: readonly Line[], title: readonly string[] = ['CHỦ TỊCH'], style?: 'full') {
  const authored = await authorDocument(TINOS);
  const { regular } = authored.fonts;
  const page = authored.pdf.addPage([595, 842]);
  for (const [text, x, y, align] of lines) {
    const shift = align ? 0 : regular.widthOfTextAtSize(text, 13) / 2;
    page.drawText(text, { x: x - shift, y, size: 13, font: regular });
  }
  const document = await openPdf(memorySource(await finishDocument(authored)));
  const text = { role: 'person', name: NAME, title, location: 'Hoằng Giang', ...(style ? { style } : {}) } as const;
  const { box, drawing, page: index } = await appearanceOf(TINOS, document, text, AT);
  return { shown: await shownText(drawing.pdf), middle: box.x + box.width / 2, top: box.y + box.height, box, index };
}

const BODY: Line = ['Ủy ban nhân dân xã trân trọng cảm ơn ông/bà.', 85, 500, 'left'];
const RECIPIENTS: Line[] = [
  ['Nơi nhận:', 85, 460, 'left'],
  ['- Như trên;', 85, 440, 'left'],
];

test('a title that the document has is not repeated: the signature stands beneath its middle', async () => {
  const { shown, middle, top, index } = await signed([BODY, ...RECIPIENTS, ['CHỦ TỊCH', 430, 460]]);
  expect(shown).toEqual([...SIGNED, NAME]);
  expect(index).toBe(0);
  expect(middle).toBeCloseTo(430, 0);
  expect(top).toBeLessThan(458);
  expect(top).toBeGreaterThan(445);
});

test('the same file gives the same place and drawing', async () => {
  const lines: Line[] = [BODY, ['CHỦ TỊCH', 430, 460]];
  expect(await signed(lines)).toEqual(await signed(lines));
});

test('nor is a name that the document has: the signature stands between the two', async () => {
  const { shown, middle, top, box } = await signed([BODY, ['CHỦ TỊCH', 430, 460], [NAME, 430, 370]]);
  expect(shown).toEqual(SIGNED);
  expect(middle).toBeCloseTo(430, 0);
  expect(top).toBeLessThan(458);
  expect(box.y).toBeGreaterThan(381);
});

test('a title of two lines is found beside other text', async () => {
  const title = ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'];
  const { shown, top } = await signed([BODY, ...RECIPIENTS, [title[0]!, 430, 460], [title[1]!, 430, 440]], title);
  expect(shown).toEqual([...SIGNED, NAME]);
  expect(top).toBeLessThan(438);
});

test.each<[string, Line[]]>([
  ['stands nowhere', [BODY]],
  ['is part of another', [BODY, ['PHÓ CHỦ TỊCH', 430, 460]]],
  ['stands in a line of the text', [['Thừa lệnh CHỦ TỊCH ủy ban', 85, 460, 'left']]],
  [
    'has no room beneath it',
    [
      ['CHỦ TỊCH', 430, 460],
      ['ỦY BAN NHÂN DÂN', 430, 440],
    ],
  ],
  ['stands at the foot of the page', [BODY, ['CHỦ TỊCH', 430, 70]]],
  ['stands above a name that leaves no room', [BODY, ['CHỦ TỊCH', 430, 460], [NAME, 430, 440]]],
])('a title that %s is drawn', async (_, lines) => {
  expect((await signed(lines)).shown).toEqual(['CHỦ TỊCH', ...SIGNED, NAME]);
});

test('who asks for all of it gets all of it', async () => {
  const { shown } = await signed([BODY, ['CHỦ TỊCH', 430, 460]], ['CHỦ TỊCH'], 'full');
  expect(shown).toEqual(['CHỦ TỊCH', ...SIGNED, NAME]);
});

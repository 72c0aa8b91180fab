import { describe, expect, test } from 'vitest';
import { anchorPlace } from '../../../../lib/pdf/appearance/anchor-place.ts';
import { memorySource } from '../../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../../lib/pdf/document.ts';
import { pageAt } from '../../../../lib/pdf/page-tree.ts';
import { findText } from '../../../../lib/pdf/text/find-text.ts';
import { problemOf } from '../expect-problem.ts';
import { turnedPage } from '../turned-page.ts';

const open = (bytes: Uint8Array) => openPdf(memorySource(bytes));

async function found(lines: Parameters<typeof turnedPage>[1], wanted: string, rotate: 0 | 90 | 180 | 270 = 0) {
  const document = await open(turnedPage(rotate, lines));
  return findText(document, await pageAt(document, 0), wanted);
}

describe('a text is found', () => {
  const one = [{ text: 'Người ký văn bản', x: 100, y: 500 }];

  test.each([
    ['as it stands', one, 'Người ký văn bản'],
    ['decomposed where the file has it composed', one, 'Người ký'.normalize('NFD')],
    ['composed where the file has it decomposed', [{ ...one[0]!, text: 'Người ký'.normalize('NFD') }], 'Người ký'],
    ['whatever the blanks', one, 'Ngườikývăn  bản'],
    [
      'across pieces, a mark apart from its letter',
      [
        { text: 'Người k', x: 100, y: 500 },
        { text: 'y\u0301', x: 142, y: 500 },
        { text: ' văn', x: 150, y: 500 },
      ],
      'Người ký văn',
    ],
    [
      'set twice to look bold',
      [
        { text: 'Người ', x: 100, y: 500 },
        { text: 'Người ', x: 100.3, y: 500 },
        { text: 'ký ', x: 136, y: 500 },
        { text: 'ký ', x: 136.3, y: 500 },
        { text: 'văn', x: 154, y: 500 },
      ],
      'Người ký văn',
    ],
    [
      'over the end of a line',
      [
        { text: 'Người ký', x: 100, y: 500 },
        { text: 'văn bản', x: 100, y: 480 },
      ],
      'ký văn',
    ],
  ])('%s', async (_, lines, wanted) => {
    expect(await found(lines, wanted)).toHaveLength(1);
  });

  test.each([
    ['capitals count', 'người ký'],
    ['a letter without its mark is another', 'văn ban'],
    ['a mark belongs to its letter', 'Người k\u0079'],
    ['nothing is found for nothing', '  '],
  ])('not: %s', async (_, wanted) => {
    expect(await found(one, wanted)).toEqual([]);
  });

  test.each([0, 90, 180, 270] as const)('where a reader sees it, page turned by %i', async (rotate) => {
    const [box] = await found([{ text: 'ab ký cd', x: 100, y: 300, size: 20 }], 'ký', rotate);
    expect(box!.x).toBeCloseTo(100 + 3 * 10, 3);
    expect(box!.width).toBeCloseTo(20, 3);
    expect(box!.y).toBeLessThan(300);
    expect(box!.y + box!.height).toBeGreaterThan(310);
  });
});

describe('a signature by a text', () => {
  const lines = [
    { text: 'KÝ', x: 100, y: 700 },
    { text: 'KÝ', x: 300, y: 500 },
    { text: 'KÝ', x: 560, y: 300 },
  ];
  const size = { width: 100, height: 50 };
  const place = async (anchor: Omit<Parameters<typeof anchorPlace>[1], 'text'>) =>
    anchorPlace(await open(turnedPage(0, lines)), { text: 'KÝ', ...anchor }, size);

  test('stands beneath it, their middles in line', async () => {
    const { page, box } = await place({});
    expect(page).toBe(0);
    expect(box.x + 50).toBeCloseTo(106, 3);
    expect(box.y + 50).toBeLessThan(700);
    expect(box.y + 50).toBeGreaterThan(690);
  });

  test('by the second, by the last but one, over it, moved, and kept on the page', async () => {
    expect((await place({ occurrence: 2 })).box.x + 50).toBeCloseTo(306, 3);
    expect((await place({ occurrence: -2 })).box).toEqual((await place({ occurrence: 2 })).box);
    const over = (await place({ at: 'over' })).box;
    expect(over.y).toBeLessThan(700);
    expect(over.y + 50).toBeGreaterThan(700);
    const moved = (await place({ offset: { x: 10, y: -20 } })).box;
    const plain = (await place({})).box;
    expect([moved.x - plain.x, moved.y - plain.y]).toEqual([10, -20]);
    expect((await place({ occurrence: 3 })).box.x).toBeCloseTo(495, 3);
  });

  test('is refused by name when the text is not there', async () => {
    expect(await problemOf(() => place({ occurrence: 4 }))).toBe('pdf_anchor_not_found');
    expect(await problemOf(() => place({ occurrence: -4 }))).toBe('pdf_anchor_not_found');
    expect(await problemOf(() => place({ occurrence: 0 }))).toBe('pdf_anchor_not_found');
    expect(await problemOf(() => place({ page: 1 }))).toBe('pdf_placement');
  });
});

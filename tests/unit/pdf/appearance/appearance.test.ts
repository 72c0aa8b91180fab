import { describe, expect, test } from 'vitest';
import { drawAgencySeal, SEAL_QR_HEIGHT, SEAL_RADIUS, SEAL_SIZE } from '../../../../lib/pdf/appearance/agency-seal.ts';
import { drawAnnexMark } from '../../../../lib/pdf/appearance/annex-mark.ts';
import { annexPlace, personPlace, sealPlace, sealPlaceWithQr } from '../../../../lib/pdf/appearance/default-place.ts';
import { drawPersonSignature, PERSON_SIZE, SIGNATURE_STRIP } from '../../../../lib/pdf/appearance/person-signature.ts';
import { shownSigningTime } from '../../../../lib/pdf/appearance/signing-time.ts';
import { memorySource } from '../../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../../lib/pdf/document.ts';
import type { Drawing } from '../../../../lib/pdf/graft.ts';
import { isArray, isStream } from '../../../../lib/pdf/objects.ts';
import { overlap, shownSize } from '../../../../lib/pdf/page-geometry.ts';
import { type Box, pageAt } from '../../../../lib/pdf/page-tree.ts';
import { fillContents, prepareSignature } from '../../../../lib/pdf/prepare-signature.ts';
import { signatureFields } from '../../../../lib/pdf/signature-permissions.ts';
import { placeOfSignature, type SignaturePlace } from '../../../../lib/pdf/signature-place.ts';
import { operations } from '../../../../lib/pdf/text/content-reader.ts';
import { IDENTITY, matrixOf, multiply, turnedBox } from '../../../../lib/pdf/text/matrix.ts';
import { pageText } from '../../../../lib/pdf/text/page-text.ts';
import { fragmentBox, shownFragments } from '../../../../lib/pdf/text/shown-text.ts';
import { problemOf } from '../expect-problem.ts';
import { png } from '../png.ts';
import { samplePdf, streamBody } from '../sample-pdf.ts';
import { shownText } from '../shown-text.ts';
import { TINOS } from '../tinos.ts';
import { turnedPage } from '../turned-page.ts';

const signingTime = Date.UTC(2025, 6, 1, 18, 30, 5);
const person = { title: ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH'], name: 'Nguyễn Thị Hoàng Yến', signingTime };
const open = (bytes: Uint8Array) => openPdf(memorySource(bytes));

async function sign(bytes: Uint8Array, place: SignaturePlace, drawing: Drawing): Promise<Uint8Array> {
  const prepared = await prepareSignature(await open(bytes), {
    subFilter: 'ETSI.CAdES.detached',
    contentsBytes: 100,
    visible: { ...place, drawing },
  });
  return Buffer.concat([bytes, fillContents(prepared, Uint8Array.of(1))]);
}

async function fragmentsOf(pdf: Uint8Array) {
  const document = await open(pdf);
  return pageText(document, await pageAt(document, 0));
}

/** Where images stand on the page of a drawing. */
async function imageBoxes(pdf: Uint8Array): Promise<Box[]> {
  const document = await open(pdf);
  const contents = await document.value((await pageAt(document, 0)).dict, 'Contents');
  const boxes: Box[] = [];
  for (const item of isArray(contents) ? contents : [contents]) {
    const stream = await document.resolve(item);
    let matrix = IDENTITY;
    for (const { operator, operands } of isStream(stream)
      ? operations(await document.streamBytes(stream), 10_000)
      : []) {
      if (operator === 'q') matrix = IDENTITY;
      if (operator === 'cm') matrix = multiply(matrixOf(operands), matrix);
      if (operator === 'Do') boxes.push(turnedBox({ x: 0, y: 0, width: 1, height: 1 }, matrix));
    }
  }
  return boxes;
}

test('the time of signing is shown in the zone of Vietnam', () => {
  expect(shownSigningTime(signingTime)).toBe('02-07-2025 01:30:05 +07:00');
});

describe('a person’s signature', () => {
  test('shows title, name and time in Vietnamese', async () => {
    const lines = await shownText((await drawPersonSignature(TINOS, person)).pdf);
    expect(lines).toEqual([
      'KT. CHỦ TỊCH',
      'PHÓ CHỦ TỊCH',
      'ĐÃ KÝ SỐ',
      '02-07-2025 01:30:05 +07:00',
      'Nguyễn Thị Hoàng Yến',
    ]);
  });

  test('shows the image in place of the words, and leaves title and name to the document when plain', async () => {
    const image = png(40, 20);
    const lines = await shownText((await drawPersonSignature(TINOS, { ...person, image, style: 'plain' })).pdf);
    expect(lines).toEqual(['02-07-2025 01:30:05 +07:00']);
  });

  test('a damaged image is refused', async () => {
    const image = png(40, 20).subarray(0, 60);
    expect(await problemOf(() => drawPersonSignature(TINOS, { ...person, image }))).toBe('image_broken');
  });

  test('long titles and names wrap and shrink, and nothing of them is lost', async () => {
    const long = {
      title: ['TM. ỦY BAN NHÂN DÂN XÃ HOẰNG HÓA TỈNH THANH HÓA', 'KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH THƯỜNG TRỰC'],
      name: 'Nguyễn Phước Hoàng Công Tằng Tôn Nữ Thị Huyền Trân Bảo Ngọc Anh Thư',
      signingTime,
    };
    for (const size of [PERSON_SIZE, { width: 90, height: 48 }]) {
      const fragments = await fragmentsOf((await drawPersonSignature(TINOS, long, size)).pdf);
      const words = fragments.map(({ text }) => text).join(' ');
      for (const word of [...long.title, long.name].join(' ').split(' ')) expect(words).toContain(word);
      for (const { start, end } of fragments) {
        expect(start.x).toBeGreaterThanOrEqual(-0.01);
        expect(end.x).toBeLessThanOrEqual(size.width + 0.01);
        expect(start.y).toBeGreaterThanOrEqual(0);
        expect(start.y).toBeLessThanOrEqual(size.height);
      }
    }
  });

  test('the image stands between title and name', async () => {
    const { pdf } = await drawPersonSignature(TINOS, { ...person, image: png(200, 80) });
    const lines = await fragmentsOf(pdf);
    const low = lines.find(({ text }) => text === person.title[1])!.start.y;
    const high = lines.find(({ text }) => text === person.name)!.start.y;
    const [image] = await imageBoxes(pdf);
    expect(image!.y).toBeGreaterThan(high);
    expect(image!.y + image!.height).toBeLessThan(low);
    expect(image!.x + image!.width / 2).toBeCloseTo(PERSON_SIZE.width / 2, 1);
    expect(image!.width / image!.height).toBeCloseTo(200 / 80, 2);
  });

  test('the same input gives the same bytes', async () => {
    const [a, b] = [await drawPersonSignature(TINOS, person), await drawPersonSignature(TINOS, person)];
    expect(Buffer.compare(a.pdf, b.pdf)).toBe(0);
  });
});

test('an agency’s seal shows number and time, and the name letter by letter along its rim', async () => {
  const { pdf } = await drawAgencySeal(TINOS, {
    agency: 'Ủy ban nhân dân xã Hoằng Hóa',
    number: 'Số: 12/QĐ-UBND',
    signingTime,
  });
  const lines = await shownText(pdf);
  expect(lines).toContain('Số: 12/QĐ-UBND');
  expect(lines).toContain('02-07-2025 01:30:05 +07:00');
  expect(lines.join('')).toContain('Ằ');
});

test('a name too long for one row along the rim is set in two, in letters that can be read', async () => {
  const agency = 'Trung tâm Phục vụ hành chính công phường Đông Tiến thành phố Thanh Hóa tỉnh Thanh Hóa';
  const { pdf } = await drawAgencySeal(TINOS, { agency, signingTime });
  const letters = (await fragmentsOf(pdf)).filter(({ text }) => text.length === 1);
  expect(letters.length).toBe(agency.replaceAll(' ', '').length);
  expect(Math.min(...letters.map(({ size }) => size))).toBeGreaterThan(5);
});

test('an image of the seal has its natural size, with the agency, number and time beneath', async () => {
  const { pdf, height } = await drawAgencySeal(TINOS, {
    agency: 'UBND xã Hoằng Hóa',
    number: 'Số: 12/QĐ-UBND',
    signingTime,
    image: png(60, 60, [200, 0, 0, 200]),
    link: 'https://ba-khong.example/verify/CV-1',
  });
  expect(await imageBoxes(pdf)).toMatchObject([{ width: 2 * SEAL_RADIUS, height: 2 * SEAL_RADIUS }]);
  expect(await shownText(pdf)).toEqual(['UBND xã Hoằng Hóa', 'Số: 12/QĐ-UBND', '02-07-2025 01:30:05 +07:00']);
  expect(height).toBe(SEAL_SIZE.height + SEAL_QR_HEIGHT);
});

test('an annex carries text only, upright and black, at the upper right of its first page', async () => {
  const document = await open(samplePdf({ page: '/Rotate 90 /CropBox [10 20 500 700]' }));
  const { page, box } = await annexPlace(document, { width: 230, height: 40 });
  expect(page).toBe(0);
  expect([box.x + box.width, box.y + box.height]).toEqual([680 - 24, 490 - 0.02 * 490]);
});

test('the mark on an annex says agency, number and time', async () => {
  const { pdf } = await drawAnnexMark(TINOS, { agency: 'UBND xã Hoằng Hóa', number: 'Số: 12/QĐ-UBND', signingTime });
  expect(await shownText(pdf)).toEqual([
    'UBND xã Hoằng Hóa',
    'Số: 12/QĐ-UBND',
    'Thời gian ký: 02-07-2025 01:30:05 +07:00',
  ]);
});

test('a visible signature adds some tens of kilobytes at most and its text is on the page', async () => {
  const original = samplePdf();
  const signed = await sign(
    original,
    await personPlace(await open(original)),
    await drawPersonSignature(TINOS, person),
  );
  expect(signed.length - original.length).toBeLessThan(40_000);
  expect(await shownText(signed)).toContain('Nguyễn Thị Hoàng Yến');
});

describe('the place when nobody says one', () => {
  const place = async (page: string, extra: string[] = []) => personPlace(await open(samplePdf({ page, extra })));

  test('is the lower right of an empty page', async () => {
    const { page, box } = await place('');
    expect(page).toBe(0);
    expect(box.x + box.width).toBeGreaterThan(500);
    expect(box.y).toBeLessThan(60);
  });

  test('is below the last line of text, or at the foot when there is no room', async () => {
    const withTextAt = (y: number) =>
      place('/Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>', [
        streamBody(`BT /F 12 Tf 50 ${y} Td (text) Tj ET`),
      ]);
    const roomy = await withTextAt(600);
    expect(roomy.box.y + PERSON_SIZE.height).toBeLessThan(600);
    expect(roomy.box.y).toBeGreaterThan(400);
    expect((await withTextAt(90)).box.y).toBe((await place('')).box.y);
  });

  test.each([0, 90, 180, 270] as const)(
    'keeps clear of text, signature and seal alike, on a page turned by %i',
    async (rotate) => {
      const lines = Array.from({ length: 8 }, (_, n) => ({
        text: 'một hai ba bốn năm sáu bảy',
        x: 300,
        y: 460 - 18 * n,
      }));
      const document = await open(turnedPage(rotate, lines));
      const page = await pageAt(document, 0);
      const text = (await shownFragments(document, page)).map((fragment) => fragmentBox(fragment));
      const place = await personPlace(document);
      const lowest = Math.min(...text.map(({ y }) => y));
      expect(text).toHaveLength(8);
      expect(place.box.y + place.box.height).toBeLessThan(lowest);
      expect(place.box.y + place.box.height).toBeGreaterThan(lowest - 40);
      for (const box of text) expect(overlap(box, sealPlace(place).box)).toBe(false);
    },
  );

  test('is smaller where a full page leaves a narrow column, beside an earlier signature in a gap', async () => {
    const lines = Array.from({ length: 40 }, (_, n) => ({ text: 'x'.repeat(50), x: 51, y: 800 - 18 * n }));
    const narrow = await personPlace(await open(turnedPage(0, lines)));
    expect(narrow.box.width).toBeLessThan(PERSON_SIZE.width);
    expect(overlap(sealPlace(narrow).box, { x: 51, y: 0, width: 300, height: 842 })).toBe(false);
    const wide = [
      { text: 'x'.repeat(80), x: 51, y: 800 },
      { text: 'x'.repeat(80), x: 51, y: 90 },
    ];
    const gap = await personPlace(await open(turnedPage(0, wide)));
    expect(gap.box.y).toBeGreaterThan(100);
    expect(gap.box.y + gap.box.height).toBeLessThan(800);
  });

  test('is clear of the signatures that are there', async () => {
    const original = samplePdf();
    const first = await personPlace(await open(original));
    const signed = await sign(original, first, await drawPersonSignature(TINOS, person));
    const second = await personPlace(await open(signed));
    expect(overlap(first.box, second.box)).toBe(false);
  });

  test('is clear of an empty field that waits for another', async () => {
    const field = { x: 350, y: 60, width: 150, height: 60 };
    const waiting = samplePdf({
      page: '/Annots [4 0 R]',
      extra: ['<< /FT /Sig /T (ky) /Subtype /Widget /Rect [350 60 500 120] >>'],
    });
    const place = await personPlace(await open(waiting));
    expect(overlap(place.box, field)).toBe(false);
    expect(overlap(sealPlace(place).box, field)).toBe(false);
  });

  test('a QR code hangs beneath the seal where nothing stands there', async () => {
    const seal = { page: 0, box: { x: 300, y: 300, ...SEAL_SIZE } };
    const roomy = await sealPlaceWithQr(await open(samplePdf()), seal);
    expect(roomy?.box).toEqual({ ...seal.box, y: 300 - SEAL_QR_HEIGHT, height: SEAL_SIZE.height + SEAL_QR_HEIGHT });
    const inTheWay = turnedPage(0, [{ text: 'một hai ba', x: 310, y: 270 }]);
    expect(await sealPlaceWithQr(await open(inTheWay), seal)).toBeUndefined();
    expect(await sealPlaceWithQr(await open(samplePdf()), { page: 0, box: { ...seal.box, y: 20 } })).toBeUndefined();
  });

  test.each(['/MediaBox [0 0 200 150]', '/Rotate 90', '/CropBox [100 100 300 260] /Rotate 270'])(
    'is on the page, with the seal over a third of it: %s',
    async (page) => {
      const document = await open(samplePdf({ page }));
      const person = await personPlace(document);
      const shown = shownSize(await pageAt(document, 0));
      expect(person.box.x).toBeGreaterThanOrEqual(0);
      expect(person.box.x + person.box.width).toBeLessThanOrEqual(shown.width);
      expect(person.box.y + person.box.height).toBeLessThanOrEqual(shown.height);
      const seal = sealPlace(person);
      expect(seal.box.x).toBeGreaterThanOrEqual(0);
      expect(seal.box.y + seal.box.height).toBeLessThanOrEqual(shown.height);
    },
  );

  test('the seal’s ring covers a third of the signature from the left', () => {
    const person: SignaturePlace = { page: 0, box: { x: 300, y: 100, width: 210, height: 112 } };
    const { box } = sealPlace(person);
    const strip = { x: 300 + 210 * SIGNATURE_STRIP.from, width: 210 * SIGNATURE_STRIP.width };
    const ringEdge = box.x + SEAL_SIZE.width / 2 + SEAL_RADIUS;
    expect((ringEdge - strip.x) / strip.width).toBeCloseTo(1 / 3, 5);
  });
});

test.each([0, 90, 180, 270])(
  'a signature that is there is found where it was put, page turned by %i',
  async (rotate) => {
    const original = samplePdf({ page: `/Rotate ${rotate} /CropBox [10 20 500 700]` });
    const place = { page: 0, box: { x: 30, y: 40, width: 210, height: 112 } };
    const document = await open(await sign(original, place, await drawPersonSignature(TINOS, person)));
    const [field] = await signatureFields(document);
    expect(field && (await placeOfSignature(document, field))).toEqual(place);
  },
);

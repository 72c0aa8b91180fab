import { describe, expect, test } from 'vitest';
import { drawAgencySeal, SEAL_SIZE } from '../../../../lib/pdf/appearance/agency-seal.ts';
import { drawAnnexMark } from '../../../../lib/pdf/appearance/annex-mark.ts';
import { personPlace, sealPlace } from '../../../../lib/pdf/appearance/default-place.ts';
import { drawPersonSignature, PERSON_SIZE } from '../../../../lib/pdf/appearance/person-signature.ts';
import { shownSigningTime } from '../../../../lib/pdf/appearance/signing-time.ts';
import { memorySource } from '../../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../../lib/pdf/document.ts';
import type { Drawing } from '../../../../lib/pdf/graft.ts';
import { shownSize } from '../../../../lib/pdf/page-geometry.ts';
import { pageAt } from '../../../../lib/pdf/page-tree.ts';
import { fillContents, prepareSignature } from '../../../../lib/pdf/prepare-signature.ts';
import { signatureFields } from '../../../../lib/pdf/signature-permissions.ts';
import { placeOfSignature, type SignaturePlace } from '../../../../lib/pdf/signature-place.ts';
import { problemOf } from '../expect-problem.ts';
import { png } from '../png.ts';
import { samplePdf, streamBody } from '../sample-pdf.ts';
import { shownText } from '../shown-text.ts';
import { TINOS } from '../tinos.ts';

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

test('an annex carries text only', async () => {
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
    const ringEdge = box.x + SEAL_SIZE.width / 2 + 52;
    expect(ringEdge).toBeCloseTo(370, 5);
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

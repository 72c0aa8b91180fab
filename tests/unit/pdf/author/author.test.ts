import { deflateSync } from 'node:zlib';
import { encode } from 'uqr';
import { describe, expect, test } from 'vitest';
import { imageFacts } from '../../../../lib/pdf/author/image-facts.ts';
import { imageToPdf } from '../../../../lib/pdf/author/image-to-pdf.ts';
import { composeLetter, type LetterContent } from '../../../../lib/pdf/author/letter.ts';
import { dateInWords } from '../../../../lib/pdf/author/letter-heading.ts';
import { memorySource } from '../../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../../lib/pdf/document.ts';
import { inspectPdf } from '../../../../lib/pdf/inspect.ts';
import { isArray, isStream } from '../../../../lib/pdf/objects.ts';
import { pageAt } from '../../../../lib/pdf/page-tree.ts';
import { operations } from '../../../../lib/pdf/text/content-reader.ts';
import { problemOf } from '../expect-problem.ts';
import { png, pngChunk, pngOfSize } from '../png.ts';
import { shownText } from '../shown-text.ts';
import { TINOS } from '../tinos.ts';

const letter: LetterContent = {
  superior: 'UBND tỉnh Thanh Hóa',
  agency: 'Ủy ban nhân dân xã Hoằng Hóa',
  number: 'Số: 12/UBND-VP',
  about: 'V/v trả lời kiến nghị',
  place: 'Hoằng Hóa',
  date: Date.UTC(2025, 1, 1, 20),
  addressees: ['Ông Nguyễn Văn Khánh'],
  body: [{ text: 'Nội dung trả lời.' }],
  signer: { title: ['CHỦ TỊCH'], name: 'Lê Thị Đào' },
  recipients: ['Như trên;', 'Lưu: VT.'],
  qr: { text: 'https://ba-khong.example/verify/PA-7K3M-9QXD-4', caption: 'Mã tra cứu' },
};

describe('a letter in the form of Decree 30/2020', () => {
  test('has its parts in order', async () => {
    const { pdf, pages } = await composeLetter(TINOS, letter);
    const text = (await shownText(pdf)).join('\n');
    expect(pages).toBe(1);
    for (const part of [
      'UBND TỈNH THANH HÓA | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'Độc lập - Tự do - Hạnh phúc',
      'Số: 12/UBND-VP | Hoằng Hóa, ngày 02 tháng 02 năm 2025',
      'Kính gửi: Ông Nguyễn Văn Khánh',
      'Nội dung trả lời.',
      'CHỦ TỊCH',
      'Lê Thị Đào',
      '- Lưu: VT.',
      'Mã tra cứu',
    ]) {
      expect(text).toContain(part);
    }
    expect((await inspectPdf(memorySource(pdf))).pages).toBe(1);
  });

  test('goes on over numbered pages and keeps the signer together', async () => {
    const body = Array.from({ length: 60 }, (_, i) => ({
      text: `Đoạn ${i}. ${'Nhân dân trong xã được biết và thực hiện. '.repeat(3)}`,
    }));
    const { pdf, pages, signature } = await composeLetter(TINOS, { ...letter, body });
    expect(pages).toBeGreaterThan(2);
    expect(signature?.page).toBe(pages - 1);
    expect((await shownText(pdf, 1))[0]).toBe('2');
    const last = await shownText(pdf, pages - 1);
    expect(last.join('\n')).toContain('Lê Thị Đào');
    const page = await pageAt(await openPdf(memorySource(pdf)), -1);
    expect(signature?.box.y).toBeGreaterThan(0);
    expect((signature?.box.x ?? 0) + (signature?.box.width ?? 0)).toBeLessThanOrEqual(page.cropBox.width);
  });

  test('rows, long words and decomposed letters are set', async () => {
    const { pdf } = await composeLetter(TINOS, {
      ...letter,
      body: [
        { label: 'Mã hồ sơ', value: 'PA-2025-1' },
        { text: 'x'.repeat(400) },
        { text: 'tiê\u0301ng Viê\u0323t', align: 'left' },
      ],
    });
    const text = await shownText(pdf);
    expect(text).toContain('Mã hồ sơ | PA-2025-1');
    expect(text).toContain('tiếng Việt');
    expect(text.filter((line) => /^x+$/.test(line)).join('')).toHaveLength(400);
  });

  test('line ends and control characters in what people wrote do no harm', async () => {
    const { pdf } = await composeLetter(TINOS, {
      ...letter,
      body: [{ text: 'một\n hai\t\u0000ba\u202e', align: 'left' }],
    });
    expect(await shownText(pdf)).toContain('một hai ba');
  });

  test('the same content gives the same bytes', async () => {
    expect(Buffer.compare((await composeLetter(TINOS, letter)).pdf, (await composeLetter(TINOS, letter)).pdf)).toBe(0);
  });

  test('its QR code is drawn as one path of dark modules: what a reader sees is what was to be said', async () => {
    const text = 'https://ba-khong.example/verify/PA-7K3M-9QXD-4';
    const { pdf } = await composeLetter(TINOS, { ...letter, qr: { text } });
    const { data, size } = encode(text, { ecc: 'M', border: 2 });
    const [path] = (await pathsOf(pdf)).filter((rectangles) => rectangles.length > 50);
    const drawn = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
    for (const { x, y, width } of path ?? []) for (let i = 0; i < width; i++) drawn[y]![x + i] = true;
    expect(drawn).toEqual(data);
  });

  test('days and the first two months have two digits', () => {
    expect(dateInWords(Date.UTC(2025, 6, 9))).toBe('ngày 09 tháng 7 năm 2025');
    expect(dateInWords(Date.UTC(2025, 11, 31, 17))).toBe('ngày 01 tháng 01 năm 2026');
  });
});

/** Headers of a JPEG of 30 × 20 pixels, with an orientation; no pixels. */
function jpeg(orientation: number): Uint8Array {
  const exif =
    `457869660000 4d4d002a00000008 0001 01120003 00000001 00${orientation.toString(16).padStart(2, '0')}0000 00000000`.replaceAll(
      ' ',
      '',
    );
  const length = (exif.length / 2 + 2).toString(16).padStart(4, '0');
  return Buffer.from(
    `ffd8 ffe1${length}${exif} ffc0000b08001400 1e010111 00 ffda0008 0101003f00 00 ffd9`.replaceAll(' ', ''),
    'hex',
  );
}

describe('an image becomes a page', () => {
  const pageOf = async (pdf: Uint8Array) => pageAt(await openPdf(memorySource(pdf)), 0);

  test('upright or landscape as the picture is', async () => {
    expect((await pageOf(await imageToPdf(png(20, 30)))).cropBox).toMatchObject({ width: 595.28, height: 841.89 });
    expect((await pageOf(await imageToPdf(png(30, 20)))).cropBox).toMatchObject({ width: 841.89, height: 595.28 });
    expect((await inspectPdf(memorySource(await imageToPdf(png(30, 20))))).pages).toBe(1);
  });

  test.each([
    [1, 841.89],
    [3, 841.89],
    [6, 595.28],
    [8, 595.28],
  ])('EXIF orientation %i is undone', async (orientation, width) => {
    expect(imageFacts(jpeg(orientation))).toEqual({ type: 'jpeg', width: 30, height: 20, orientation });
    expect((await pageOf(await imageToPdf(jpeg(orientation)))).cropBox.width).toBe(width);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('not an image')],
    ['a PNG cut off', png(30, 20).subarray(0, 60)],
    [
      'a PNG with damaged pixels',
      Buffer.concat([png(30, 20).subarray(0, 45), Buffer.alloc(20), png(30, 20).subarray(65)]),
    ],
    ['a JPEG cut off', jpeg(1).subarray(0, 20)],
    ['a JPEG without a frame', Buffer.from('ffd8ffd9ffd9', 'hex')],
  ])('%s is refused', async (_, bytes) => {
    expect(await problemOf(() => imageToPdf(bytes))).toBe('image_broken');
  });

  test('what a camera or a program wrote beside the picture stays out of the page', async () => {
    const exif = Buffer.from(jpeg(6));
    const baggage = (marker: number, text: string) =>
      Buffer.concat([Buffer.of(0xff, marker, 0, text.length + 2), Buffer.from(text)]);
    const photo = Buffer.concat([
      exif.subarray(0, 2),
      baggage(0xe1, 'http://ns.adobe.com/xap/1.0/ GPS 19.8N 105.7E'),
      baggage(0xfe, 'taken by Lan'),
      exif.subarray(2),
    ]);
    const picture = Buffer.concat([
      png(3, 3).subarray(0, 33),
      pngChunk('tEXt', Buffer.from('Author\0Lan')),
      pngChunk('eXIf', Buffer.from('GPS 19.8N')),
      png(3, 3).subarray(33),
    ]);
    for (const bytes of [photo, picture]) {
      const pdf = Buffer.from(await imageToPdf(bytes)).toString('latin1');
      expect(pdf).not.toMatch(/GPS|Lan|Exif/);
    }
    expect((await pageOf(await imageToPdf(photo))).cropBox.width).toBe(595.28);
  });

  test.each<[string, Uint8Array]>([
    ['more pixels than its header says', pngOfSize(10, 10, Buffer.alloc(64 * 1024 * 1024))],
    ['fewer', pngOfSize(2000, 2000, Buffer.alloc(1000))],
  ])('a PNG that unpacks to %s is refused', async (_, bytes) => {
    expect(await problemOf(() => imageToPdf(bytes))).toBe('image_broken');
  });

  test('a PNG with a text that unpacks to far more than the picture is kept without it', async () => {
    const text = Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(256 * 1024 * 1024))]);
    const bytes = Buffer.concat([png(3, 3).subarray(0, 33), pngChunk('zTXt', text), png(3, 3).subarray(33)]);
    expect((await imageToPdf(bytes)).length).toBeLessThan(5000);
  });

  test('a PNG that promises billions of pixels is refused before it is unpacked', async () => {
    const huge = pngOfSize(100_000, 100_000);
    expect(await problemOf(() => imageToPdf(huge))).toBe('pdf_limits');
  });
});

/** The paths that a page fills, as rectangles of one unit's height: `m l l l h` in the path's own space. */
async function pathsOf(pdf: Uint8Array): Promise<{ x: number; y: number; width: number }[][]> {
  const document = await openPdf(memorySource(pdf));
  const contents = await document.value((await pageAt(document, 0)).dict, 'Contents');
  const paths: { x: number; y: number; width: number }[][] = [[]];
  let corner = { x: 0, y: 0 };
  for (const item of isArray(contents) ? contents : [contents]) {
    const stream = await document.resolve(item);
    if (!isStream(stream)) continue;
    let first = false;
    for (const { operator, operands } of operations(await document.streamBytes(stream), 100_000)) {
      const [x, y] = operands.map(Number);
      if (operator === 'm') [corner, first] = [{ x: x!, y: y! }, true];
      else if (operator === 'l' && first) {
        paths.at(-1)!.push({ ...corner, width: x! - corner.x });
        first = false;
      } else if (operator === 'f') paths.push([]);
    }
  }
  return paths;
}

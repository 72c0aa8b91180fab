import { describe, expect, test } from 'vitest';
import { composeLetter, type LetterPart } from '../../../../lib/pdf/author/letter.ts';
import { memorySource } from '../../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../../lib/pdf/document.ts';
import { findClassificationMark, type MarkVocabulary, markIn } from '../../../../lib/pdf/text/classification-mark.ts';
import { corpusFiles } from '../corpus.ts';
import { samplePdf, streamBody } from '../sample-pdf.ts';
import { TINOS } from '../tinos.ts';

const vocabulary: MarkVocabulary<'mat' | 'toi-mat' | 'tuyet-mat'> = {
  marks: [
    { mark: 'tuyet-mat', words: 'TUYỆT MẬT' },
    { mark: 'toi-mat', words: 'TỐI MẬT' },
    { mark: 'mat', words: 'MẬT' },
  ],
  labels: ['Độ mật', 'Mức độ mật'],
  ordinaryAfter: ['bí', 'bảo', 'cơ', 'thân'],
};

const find = async (pdf: Uint8Array) => findClassificationMark(await openPdf(memorySource(pdf)), vocabulary);

async function inLetter(...parts: (string | LetterPart)[]) {
  const body = parts.map((part) => (typeof part === 'string' ? { text: part, align: 'left' as const } : part));
  const { pdf } = await composeLetter(TINOS, { agency: 'UBND xã', place: 'Xã', date: 0, body });
  return find(pdf);
}

/** Lines of text one below the other. */
const inLines = (...texts: string[]) =>
  markIn(
    texts.map((text, i) => ({ segments: [{ text, from: 50, to: 200, across: 700 - i * 18, size: 13, angle: 0 }] })),
    vocabulary,
  );

const FONT =
  '/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding << /Differences [1 /M /Acircumflexdotbelow /T /uni1ED0 /I /U /Y /Ecircumflexdotbelow 32 /space] >> >> >> >>';
/** MẬT in the codes of `FONT`. */
const MAT = '<010203>';
const drawn = (content: string, page = FONT, extra: string[] = []) =>
  find(samplePdf({ page: `/Contents 4 0 R ${page}`, extra: [streamBody(content), ...extra] }));

test('a line as long as its file costs no more than others', () => {
  expect(inLines(`${'a'.repeat(1_000_000)}! b`, 'MẬT')).toBe('mat');
  expect(inLines(`${'a'.repeat(1_000_000)} BÍ`, 'MẬT')).toBeUndefined();
});

test('a mark in the state that an annotation is in', async () => {
  const look = `<< /Type /XObject /Subtype /Form /BBox [0 0 60 20] /Length 34 ${FONT} >>\nstream\nBT /F 12 Tf 0 5 Td ${MAT} Tj ET   \nendstream`;
  const stamp = (state: string) =>
    `${FONT} /Annots [<< /Subtype /Stamp /Rect [50 700 110 720] /AS /${state} /AP << /N << /On 5 0 R >> >> >>]`;
  expect(await drawn('', stamp('On'), [look])).toBe('mat');
  expect(await drawn('', stamp('Off'), [look])).toBeUndefined();
});

describe('a mark that stands alone is found', () => {
  test.each<[string, string]>([
    ['MẬT', 'mat'],
    ['TỐI MẬT', 'toi-mat'],
    ['TUYỆT MẬT', 'tuyet-mat'],
    ['M Ậ T', 'mat'],
    ['T  Ố  I   M  Ậ  T', 'toi-mat'],
    ['*** TUYỆT MẬT ***', 'tuyet-mat'],
    ['[ MẬT ]', 'mat'],
    ['MẬT'.normalize('NFD'), 'mat'],
    ['Độ mật: Tối mật', 'toi-mat'],
  ])('%s', (text, mark) => {
    expect(inLines('Kính gửi ông', text, 'nội dung')).toBe(mark);
  });

  test('in a document set in Tinos, decomposed letters too', async () => {
    expect(await inLetter('Kính gửi ông', 'TỐI MẬT'.normalize('NFD'), 'nội dung')).toBe('toi-mat');
  });

  test('beside the text of another column', async () => {
    expect(await inLetter({ label: 'MẬT', value: 'Số 12' })).toBe('mat');
  });

  test('with accents set as letters of their own', async () => {
    const cmap = 'beginbfchar <01> <004D> <02> <0041> <03> <0323> <04> <0302> <05> <0054> endbfchar';
    const font = '/Resources << /Font << /F << /Type /Font /Subtype /TrueType /ToUnicode 5 0 R >> >> >>';
    expect(await drawn('BT /F 12 Tf 50 700 Td <0102030405> Tj ET', font, [streamBody(cmap)])).toBe('mat');
  });

  test.each<[string, string]>([
    [
      'letter by letter',
      'BT /F 20 Tf 1 0 0 1 50 700 Tm <01> Tj 1 0 0 1 110 700 Tm <02> Tj 1 0 0 1 170 700 Tm <03> Tj ET',
    ],
    ['with adjustments', 'BT /F 12 Tf 50 700 Td [<01> -900 <02> 30 <03>] TJ ET'],
    ['with next-line operators', `BT /F 12 Tf 14 TL 50 700 Td <0506> ' ${MAT} ' ET`],
    ['turned by 90 degrees', `BT /F 12 Tf 0 1 -1 0 50 300 Tm ${MAT} Tj ET`],
    ['invisible, as in a scan read by machine', `BT 3 Tr /F 12 Tf 50 700 Td ${MAT} Tj ET`],
    ['after an inline image', `BI /W 1 /H 1 ID \x01\x02( EI BT /F 12 Tf 50 700 Td ${MAT} Tj ET`],
    ['after a slip of the writer', `) >> 1.2.3 ] BT /F 12 Tf 50 700 Td ${MAT} Tj ET`],
    ['scaled by the page', `.1 0 0 .1 0 0 cm BT /F 120 Tf 500 7000 Td ${MAT} Tj ET`],
  ])('%s', async (_, content) => {
    expect(await drawn(content)).toBe('mat');
  });

  test('in a form that the page draws, and in the look of an annotation', async () => {
    const form = streamBody(
      `BT /F 12 Tf 5 5 Td ${MAT} Tj ET`,
      `/Type /XObject /Subtype /Form /BBox [0 0 60 20] ${FONT}`,
    );
    expect(await drawn('q 1 0 0 1 50 700 cm /X Do Q', '/Resources << /XObject << /X 5 0 R >> >>', [form])).toBe('mat');
    expect(await drawn('', '/Annots [<< /Subtype /Stamp /Rect [50 700 110 720] /AP << /N 5 0 R >> >>]', [form])).toBe(
      'mat',
    );
  });
});

describe('the same words within a text are no mark', () => {
  test.each([
    'Cán bộ có trách nhiệm bảo mật thông tin, bí mật nhà nước.',
    'Bí mật',
    'BẢO MẬT',
    'QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC',
    'mật',
    'Mật khẩu',
    'TỐI MẬT KHẨU',
    'Văn bản này không thuộc danh mục TUYỆT MẬT, TỐI MẬT.',
  ])('%s', (text) => {
    expect(inLines(text)).toBeUndefined();
  });

  test('nor in a document set in Tinos', async () => {
    expect(await inLetter('QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC', 'Các văn bản TỐI MẬT được giữ riêng.')).toBeUndefined();
  });

  test('nor the second line of a heading', () => {
    expect(inLines('VỀ VIỆC BẢO VỆ BÍ', 'MẬT', 'nội dung')).toBeUndefined();
    expect(inLines('VỀ VIỆC KHÁC', 'MẬT', 'nội dung')).toBe('mat');
  });

  test('nor on a page beyond the first two', async () => {
    const filler = Array.from({ length: 120 }, (_, i) => `dòng ${i}`);
    expect(await inLetter(...filler, 'MẬT')).toBeUndefined();
  });
});

test('forms that draw themselves come to an end', async () => {
  const loop = streamBody(
    '/X Do /X Do',
    '/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X 5 0 R >> >>',
  );
  expect(await drawn('/X Do', '/Resources << /XObject << /X 5 0 R >> >>', [loop])).toBeUndefined();
});

const corpus = corpusFiles();
test.skipIf(corpus.length === 0)(
  'no corpus file crashes the reading of its text or is taken for classified',
  async () => {
    for (const file of corpus) {
      try {
        expect(await find(file.read()), file.name).toBeUndefined();
      } catch (error) {
        expect((error as { code?: string }).code, file.name).toMatch(/^pdf_/);
      }
    }
  },
);

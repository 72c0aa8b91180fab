import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { isArray, isDict, isRef, isStream, isString, ref } from '../../../lib/pdf/objects.ts';
import { pageAt } from '../../../lib/pdf/page-tree.ts';
import {
  fillContents,
  prepareSignature,
  type SignatureRequest,
  signedTail,
} from '../../../lib/pdf/prepare-signature.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { placeOfField } from '../../../lib/pdf/signature-place.ts';
import { decodeTextString } from '../../../lib/pdf/text-string.ts';
import { corpusFiles } from './corpus.ts';
import { problemOf } from './expect-problem.ts';
import { samplePdf, streamBody, type XrefKind } from './sample-pdf.ts';

const request: SignatureRequest = {
  subFilter: 'ETSI.CAdES.detached',
  contentsBytes: 64,
  signingTime: Date.UTC(2025, 6, 2, 1, 30),
};
const der = Uint8Array.from({ length: 40 }, (_, i) => i + 1);
const open = (bytes: Uint8Array) => openPdf(memorySource(bytes));
/** A drawing without fonts or images. */
const drawing = {
  width: 100,
  height: 50,
  pdf: samplePdf({ page: '/Contents 4 0 R /MediaBox [0 0 100 50]', extra: [streamBody('0 0 100 50 re f')] }),
};

async function sign(bytes: Uint8Array, changes: Partial<SignatureRequest> = {}): Promise<Uint8Array> {
  const prepared = await prepareSignature(await open(bytes), { ...request, ...changes });
  return Buffer.concat([bytes, fillContents(prepared, der)]);
}

describe.each<XrefKind>(['table', 'stream', 'hybrid'])('a file with a cross-reference %s', (kind) => {
  test('gets a signature whose byte range leaves out exactly its contents', async () => {
    const original = samplePdf({ kind });
    const prepared = await prepareSignature(await open(original), {
      ...request,
      reason: 'Phê duyệt (12)',
      name: 'Lê Văn Á',
    });
    const signed = Buffer.concat([original, fillContents(prepared, der)]);
    const [field] = await signatureFields(await open(signed));
    const contents = field?.signature?.get('Contents');
    const [, a, b, c] = prepared.byteRange;
    expect(field?.signature?.get('ByteRange')).toEqual(prepared.byteRange);
    expect(isString(contents) && contents.span).toEqual({ start: a, end: b });
    expect(isString(contents) && [...contents.bytes.subarray(0, der.length)]).toEqual([...der]);
    expect(b + c).toBe(signed.length);
    const covered = Buffer.concat([signed.subarray(0, a), signed.subarray(b)]);
    expect(Buffer.concat([original, ...signedTail(prepared)]).equals(covered)).toBe(true);
    const reason = field?.signature?.get('Reason');
    expect(isString(reason) && decodeTextString(reason)).toBe('Phê duyệt (12)');
    const time = field?.signature?.get('M');
    expect(isString(time) && decodeTextString(time)).toBe("D:20250702083000+07'00'");
  });

  test('is signed five times, each name once, every signature kept', async () => {
    let bytes = samplePdf({ kind });
    for (let i = 0; i < 5; i++)
      bytes = await sign(
        bytes,
        i % 2 ? { visible: { page: 0, box: { x: 10, y: 10, width: 100, height: 50 }, drawing } } : {},
      );
    const document = await open(bytes);
    const fields = await signatureFields(document);
    expect(fields.map((field) => field.name)).toEqual([
      'Signature1',
      'Signature2',
      'Signature3',
      'Signature4',
      'Signature5',
    ]);
    expect(fields.every((field) => field.signature)).toBe(true);
    const annotations = (await pageAt(document, 0)).dict.get('Annots');
    expect(isArray(annotations) && annotations.length).toBe(5);
    expect((await document.dict(await document.catalog(), 'AcroForm'))?.get('SigFlags')).toBe(3);
  });
});

test('a signature dictionary is never in an object stream', async () => {
  const document = await open(await sign(samplePdf({ kind: 'stream' })));
  const [field] = await signatureFields(document);
  const entry = isRef(field?.value) ? await document.xref.find(field.value.num) : undefined;
  expect(entry?.type).toBe('offset');
});

test('forms, fields and annotations are extended where they stand', async () => {
  const bytes = samplePdf({
    catalog: '/AcroForm 4 0 R',
    page: '/Annots 6 0 R',
    extra: [
      '<< /Fields 5 0 R /DA (/Helv 0 Tf) >>',
      '[7 0 R]',
      '[7 0 R]',
      '<< /FT /Tx /T (Signature1) /Subtype /Widget /Rect [0 0 1 1] >>',
    ],
  });
  const document = await open(await sign(bytes));
  expect(await document.get(ref(5))).toHaveLength(2);
  expect(await document.get(ref(6))).toHaveLength(2);
  const form = await document.get(ref(4));
  expect(isDict(form) && form.get('SigFlags')).toBe(3);
  expect(isDict(form) && form.has('DA')).toBe(true);
  const [field] = await signatureFields(document);
  expect(field?.name).toBe('Signature2');
});

describe('an existing empty field', () => {
  const withField = (keys = '') =>
    samplePdf({
      catalog: '/AcroForm << /Fields [4 0 R] >>',
      page: '/Annots [4 0 R]',
      extra: [`<< /FT /Sig /T (ky) /Subtype /Widget /Rect [10 20 110 70] /P 3 0 R ${keys} >>`],
    });

  test('is filled, with its look', async () => {
    const document = await open(
      await sign(withField(), {
        fieldName: 'ky',
        visible: { page: 0, box: { x: 0, y: 0, width: 1, height: 1 }, drawing },
      }),
    );
    const fields = await signatureFields(document);
    expect(fields).toHaveLength(1);
    expect(fields[0]?.signature).toBeDefined();
    expect(fields[0]?.dict.has('AP')).toBe(true);
  });

  test('hands its /Lock on to the signature, and what it locks can no longer be signed', async () => {
    const signed = await sign(withField('/Lock << /Type /SigFieldLock /Action /Include /Fields [(Signature9)] >>'), {
      fieldName: 'ky',
    });
    expect(await problemOf(() => sign(signed, { fieldName: 'Signature9' }))).toBe('pdf_field_locked');
    expect(await problemOf(() => sign(signed, { fieldName: 'Signature9.part' }))).toBe('pdf_field_locked');
    await sign(signed, { fieldName: 'Signature8' });
  });

  const visible = { page: 0, box: { x: 0, y: 0, width: 1, height: 1 }, drawing };
  const lookOf = async (bytes: Uint8Array) => {
    const document = await open(bytes);
    const [field] = await signatureFields(document);
    const widget = await document.resolve(field?.widgets[0]);
    const look = isDict(widget) ? await document.dict(widget, 'AP') : undefined;
    const form = look && (await document.value(look, 'N'));
    if (!form || !isStream(form)) return undefined;
    const box = await document.value(form.dict, 'BBox');
    const matrix = await document.value(form.dict, 'Matrix');
    return { box, matrix: isArray(matrix) && matrix.slice(0, 4) };
  };

  test('turns its look as the page is turned, whatever /P says, and leaves it its shape', async () => {
    // The field is 100 wide and 50 high in user space: as seen on a page turned by 90 it is 50 wide and 100 high.
    const turned = samplePdf({
      catalog: '/AcroForm << /Fields [4 0 R] >>',
      page: '/Annots [4 0 R] /Rotate 90',
      extra: ['<< /FT /Sig /T (ky) /Subtype /Widget /Rect [10 20 110 70] >>'],
    });
    const look = await lookOf(await sign(turned, { fieldName: 'ky', visible }));
    expect(look).toEqual({ box: [0, -75, 100, 125], matrix: [0, 1, -1, 0] });
    const plain = await lookOf(await sign(withField(), { fieldName: 'ky', visible }));
    expect(plain).toEqual({ box: [0, 0, 100, 50], matrix: [1, 0, 0, 1] });
  });

  test('with its widget apart shows in that widget', async () => {
    const apart = samplePdf({
      catalog: '/AcroForm << /Fields [4 0 R] >>',
      page: '/Annots [5 0 R]',
      extra: ['<< /FT /Sig /T (ky) /Kids [5 0 R] >>', '<< /Subtype /Widget /Parent 4 0 R /Rect [10 20 110 70] >>'],
    });
    const signed = await sign(apart, { fieldName: 'ky', visible });
    expect(await lookOf(signed)).toEqual({ box: [0, 0, 100, 50], matrix: [1, 0, 0, 1] });
    expect(await signatureFields(await open(signed))).toMatchObject([{ name: 'ky', signature: expect.any(Map) }]);
  });

  test('that shows in several places is refused by name', async () => {
    const widget = '<< /Subtype /Widget /Parent 4 0 R /Rect [10 20 110 70] >>';
    const twice = samplePdf({
      catalog: '/AcroForm << /Fields [4 0 R] >>',
      page: '/Annots [5 0 R 6 0 R]',
      extra: ['<< /FT /Sig /T (ky) /Kids [5 0 R 6 0 R] >>', widget, widget],
    });
    expect(await problemOf(() => sign(twice, { fieldName: 'ky' }))).toBe('pdf_field_widgets');
  });

  test('below other fields is filled by its full name', async () => {
    const below = samplePdf({
      catalog: '/AcroForm << /Fields [4 0 R] >>',
      page: '/Annots [5 0 R]',
      extra: [
        '<< /T (don) /Kids [5 0 R] >>',
        '<< /FT /Sig /T (ky) /Parent 4 0 R /Subtype /Widget /Rect [1 2 31 22] >>',
      ],
    });
    const fields = await signatureFields(await open(await sign(below, { fieldName: 'don.ky' })));
    expect(fields).toMatchObject([{ name: 'don.ky', signature: expect.any(Map) }]);
  });

  test('has a place, which is asked for by name', async () => {
    const document = await open(withField());
    expect(await placeOfField(document, 'ky')).toEqual({ page: 0, box: { x: 10, y: 20, width: 100, height: 50 } });
    expect(await problemOf(() => placeOfField(document, 'khac'))).toBe('pdf_field_unknown');
  });

  test('is not signed twice, nor when read-only', async () => {
    expect(await problemOf(async () => sign(await sign(withField(), { fieldName: 'ky' }), { fieldName: 'ky' }))).toBe(
      'pdf_field_locked',
    );
    expect(await problemOf(() => sign(withField('/Ff 1'), { fieldName: 'ky' }))).toBe('pdf_field_locked');
  });
});

test.each([
  ['of a field of another type', 'ten'],
  ['of fields that have fields below them', 'don'],
  ['with a full stop', 'don.moi'],
  ['that is empty', ''],
])('a new name %s is refused by name', async (_, fieldName) => {
  const form = samplePdf({
    catalog: '/AcroForm << /Fields [4 0 R 5 0 R] >>',
    extra: ['<< /FT /Tx /T (ten) >>', '<< /T (don) /Kids [6 0 R] >>', '<< /FT /Tx /T (a) /Parent 5 0 R >>'],
  });
  expect(await problemOf(() => sign(form, { fieldName }))).toBe('pdf_field_name');
});

describe('what earlier signatures forbid is refused by name', () => {
  test('certified with P=1: no signature, but a document timestamp', async () => {
    const certified = await sign(samplePdf(), { certify: 1 });
    expect(await problemOf(() => sign(certified))).toBe('pdf_certified_no_changes');
    await sign(certified, { subFilter: 'ETSI.RFC3161' });
  });

  test('certified with P=2: signatures, but no second certification', async () => {
    const certified = await sign(samplePdf(), { certify: 2 });
    const signed = await sign(certified);
    expect(await signatureFields(await open(signed))).toHaveLength(2);
    expect(await problemOf(() => sign(certified, { certify: 2 }))).toBe('invalid_state');
  });

  test('a certification after an approval', async () => {
    expect(await problemOf(async () => sign(await sign(samplePdf()), { certify: 3 }))).toBe('invalid_state');
  });

  test('all fields locked', async () => {
    const locked = await sign(samplePdf(), { lock: { action: 'All', fields: [] } });
    expect(await problemOf(() => sign(locked))).toBe('pdf_field_locked');
  });

  test('XFA', async () => {
    expect(await problemOf(() => sign(samplePdf({ catalog: '/AcroForm << /Fields [] /XFA (x) >>' })))).toBe('pdf_xfa');
  });
});

test('a signature larger than its room is refused', async () => {
  const prepared = await prepareSignature(await open(samplePdf()), request);
  expect(await problemOf(async () => fillContents(prepared, new Uint8Array(65)))).toBe('pdf_signature_room');
  expect(fillContents(prepared, new Uint8Array(64))).toHaveLength(prepared.tail.length);
});

describe('placement follows the page as it is shown', () => {
  const box = { x: 20, y: 30, width: 100, height: 50 };
  const rectOn = async (page: string) => {
    const signed = await sign(samplePdf({ page }), { visible: { page: -1, box, drawing } });
    const [field] = await signatureFields(await open(signed));
    return field?.dict.get('Rect');
  };

  test.each<[string, number[]]>([
    ['/Rotate 0', [20, 30, 120, 80]],
    ['/Rotate 90', [515, 20, 565, 120]],
    ['/Rotate 180', [475, 762, 575, 812]],
    ['/Rotate 270', [30, 722, 80, 822]],
    ['/Rotate -90', [30, 722, 80, 822]],
    ['/CropBox [100 200 400 600]', [120, 230, 220, 280]],
    ['/CropBox [100 200 400 600] /Rotate 90', [320, 220, 370, 320]],
    ['/CropBox [400 600 100 200]', [120, 230, 220, 280]],
    ['/UserUnit 2', [10, 15, 60, 40]],
  ])('%s', async (page, rect) => {
    expect(await rectOn(page)).toEqual(rect);
  });

  test.each([
    { page: 0, box: { x: 500, y: 30, width: 100, height: 50 } },
    { page: 0, box: { x: -5, y: 30, width: 100, height: 50 } },
    { page: 0, box: { x: 5, y: 30, width: 0, height: 50 } },
    { page: 1, box },
    { page: -2, box },
  ])('off the page is refused: %j', async (visible) => {
    expect(await problemOf(() => sign(samplePdf(), { visible: { ...visible, drawing } }))).toBe('pdf_placement');
  });

  test('size and turn are inherited from the page tree', async () => {
    const tree = samplePdf({ extra: [] });
    const text = Buffer.from(tree).toString('latin1').replace('/Count 1 >>', '/Count 1 /Rotate 90 >>');
    // The longer object moves the table: written anew by hand would be longer than moving the page's own comment.
    const moved = text
      .replace(/startxref\n(\d+)/, (_, at: string) => `startxref\n${Number(at) + 11}`)
      .replace(/(\d{10}) 00000 n/g, (row, at: string) => {
        const old = Number(at);
        return old > text.indexOf('2 0 obj') ? row.replace(at, String(old + 11).padStart(10, '0')) : row;
      });
    expect((await pageAt(await open(Buffer.from(moved, 'latin1')), 0)).rotate).toBe(90);
  });
});

const corpus = corpusFiles();
test.skipIf(corpus.length === 0)(
  'every corpus file is signed with its bytes as prefix and its signatures kept, or refused with a code',
  async () => {
    let signed = 0;
    for (const file of corpus) {
      const original = file.read();
      let earlier: number;
      let result: Uint8Array;
      try {
        earlier = (await signatureFields(await open(original))).filter((field) => field.signature).length;
        result = await sign(original);
      } catch (error) {
        expect(await problemOf(() => Promise.reject(error)), file.name).toMatch(/^pdf_/);
        continue;
      }
      expect(Buffer.compare(result.subarray(0, original.length), original), file.name).toBe(0);
      const fields = await signatureFields(await open(result));
      expect(fields.filter((field) => field.signature).length, file.name).toBe(earlier + 1);
      signed++;
    }
    expect(signed).toBeGreaterThan(390);
  },
);

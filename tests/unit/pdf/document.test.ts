import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { appendedSource, type ByteSource, memorySource, prefixSource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { openFileSource } from '../../../lib/pdf/file-source.ts';
import { formFields } from '../../../lib/pdf/form-fields.ts';
import { DEFAULT_LIMITS } from '../../../lib/pdf/limits.ts';
import { isDict, isStream, ref } from '../../../lib/pdf/objects.ts';
import { pageAt, pageCount, pageOf } from '../../../lib/pdf/page-tree.ts';
import { problemOf } from './expect-problem.ts';
import { samplePdf, streamBody, type XrefKind } from './sample-pdf.ts';

const open = (bytes: Uint8Array) => openPdf(memorySource(bytes));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const edited = (bytes: Uint8Array, from: string | RegExp, to: string) =>
  Buffer.from(text(bytes).replace(from, to), 'latin1');

describe.each<XrefKind>(['table', 'stream', 'hybrid'])('a file with a cross-reference %s', (kind) => {
  test('gives every object, streams and their indirect lengths too', async () => {
    const document = await open(
      samplePdf({ kind, extra: ['(one)', '<< /Length 6 0 R >>\nstream\nHELLO\nendstream', '5'] }),
    );
    expect(await document.get(ref(4))).toMatchObject({ kind: 'string' });
    const stream = await document.get(ref(5));
    expect(isStream(stream) && text(await document.streamBytes(stream))).toBe('HELLO');
    expect(isDict(await document.catalog())).toBe(true);
    expect(await pageCount(document)).toBe(1);
    expect((await pageAt(document, -1)).cropBox).toEqual({ x: 0, y: 0, width: 595, height: 842 });
  });

  test('is read from a file and across the seam of an appended source as from memory', async () => {
    const bytes = samplePdf({ kind, extra: ['[1 2 3]'] });
    const path = join(directory, `${kind}.pdf`);
    writeFileSync(path, bytes);
    const file = await openFileSource(path);
    const seam = appendedSource(memorySource(bytes.subarray(0, 100)), bytes.subarray(100));
    for (const source of [file, seam, prefixSource(memorySource(Buffer.concat([bytes, bytes])), bytes.length)]) {
      expect(await (await openPdf(source)).get(ref(4))).toEqual([1, 2, 3]);
    }
    await file.close();
  });
});

const directory = mkdtempSync(join(tmpdir(), 'pdf-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('a page is found by its parents, without a look at the others', async () => {
  const leaf = (parent: number) => `<< /Type /Page /Parent ${parent} 0 R /MediaBox [0 0 100 200] >>`;
  const branch = (kids: string, count: number) => `<< /Type /Pages /Parent 4 0 R /Kids [${kids}] /Count ${count} >>`;
  // The root 4 holds 5 (pages 7, 8) and 6 (pages 9, 10, 11); page 3 belongs to nobody.
  const root = '<< /Type /Pages /Kids [5 0 R 6 0 R] /Count 5 >>';
  const extra = [root, branch('7 0 R 8 0 R', 2), branch('9 0 R 10 0 R 11 0 R', 3), ...[5, 5, 6, 6, 6].map(leaf)];
  const bytes = edited(samplePdf({ extra }), '/Pages 2 0 R', '/Pages 4 0 R');
  const document = await open(bytes);
  expect((await pageOf(document, ref(10)))?.index).toBe(3);
  expect((await pageOf(document, ref(7)))?.index).toBe(0);
  expect(await pageOf(document, ref(3))).toBeUndefined();
  expect(await pageOf(document, ref(99))).toBeUndefined();
});

test('a large file is opened with a few small reads', async () => {
  const bytes = samplePdf({
    extra: [streamBody('x'.repeat(5_000_000)), ...Array.from({ length: 2000 }, (_, i) => `(${i})`)],
  });
  const reads: number[] = [];
  const counting: ByteSource = {
    length: bytes.length,
    async read(offset, length) {
      reads.push(length);
      return bytes.subarray(offset, offset + length);
    },
  };
  const document = await openPdf(counting);
  await pageAt(document, 0);
  expect(reads.length).toBeLessThan(20);
  expect(reads.reduce((sum, length) => sum + length, 0)).toBeLessThan(40_000);
});

describe('bytes that would need repair or guessing are refused as pdf_broken', () => {
  const good = samplePdf({ extra: [streamBody('HELLO'), '(text)'] });
  const load = async (bytes: Uint8Array) => {
    const document = await open(bytes);
    for await (const at of document.liveRefs()) await document.get(at);
  };

  test('the untouched file is accepted', () => load(good));

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['zeroes', new Uint8Array(4096)],
    ['bytes before the header', Buffer.concat([Buffer.from('junk'), good])],
    ['bytes after %%EOF', Buffer.concat([good, Buffer.from('junk')])],
    ['no startxref', edited(good, 'startxref', 'startwhat')],
    ['startxref outside the file', edited(good, /startxref\n\d+/, 'startxref\n99999')],
    ['startxref elsewhere', edited(good, /startxref\n\d+/, 'startxref\n20')],
    ['a cut off file', good.subarray(0, good.length - 40)],
    ['rows of 19 bytes', edited(good, / n\r\n/g, ' n\n')],
    ['a row that points at another object', edited(good, '2 0 obj', '9 0 obj')],
    ['a generation that differs', edited(good, '2 0 obj', '2 7 obj')],
    ['a missing endobj', edited(good, 'endobj', 'endobx')],
    ['a stream longer than it says', edited(good, '/Length 5', '/Length 4')],
    ['a stream shorter than it says', edited(good, '/Length 5', '/Length 7')],
    ['a stream that reaches beyond the file', edited(good, '/Length 5 ', '/Length 99999 ')],
    ['a stream that needs itself for its length', edited(good, '/Length 5 ', '/Length 4 0 R ')],
    ['a stream with a CR alone after its keyword', edited(good, 'stream\nHELLO', 'stream\rHELLO')],
    ['a key twice in a dictionary', samplePdf({ catalog: '/Lang (a) /Lang (b)' })],
    ['a string without end', samplePdf({ extra: ['(abc'] })],
    ['a hexadecimal string with other characters', samplePdf({ extra: ['<00zz>'] })],
    ['a name with a malformed escape', samplePdf({ extra: ['/A#Q1'] })],
    ['an unknown keyword', samplePdf({ extra: ['nul'] })],
    ['a number with two points', samplePdf({ extra: ['1.2.3'] })],
    ['a trailer without a catalog', edited(good, '/Root 1 0 R', '/Rood 1 0 R')],
    [
      '/Prev in a circle',
      edited(
        samplePdf({ trailer: '/Prev 00000' }),
        '/Prev 00000',
        `/Prev ${String(text(samplePdf()).indexOf('xref')).padStart(5, '0')}`,
      ),
    ],
  ])('%s', async (_, bytes) => {
    expect(await problemOf(() => load(bytes))).toBe('pdf_broken');
  });

  test('an object stream that holds another object than the cross-reference says', async () => {
    const document = await open(samplePdf({ kind: 'stream', extra: ['(a)'] }));
    const entry = await document.xref.find(4);
    expect(entry).toEqual({ type: 'compressed', stream: 5, index: 3 });
    expect(
      await problemOf(() =>
        open(edited(samplePdf({ kind: 'stream' }), '/Type /ObjStm', '/Type /ObjStx')).then((d) => d.catalog()),
      ),
    ).toBe('pdf_broken');
  });
});

describe('hostile bytes end in pdf_limits', () => {
  test('arrays nested without end', async () => {
    const document = await open(samplePdf({ extra: ['['.repeat(100_000)] }));
    expect(await problemOf(() => document.get(ref(4)))).toBe('pdf_limits');
  });

  test('references that point at each other', async () => {
    const document = await open(samplePdf({ extra: ['5 0 R', '4 0 R'] }));
    expect(await problemOf(() => document.resolve(ref(4)))).toBe('pdf_limits');
  });

  test('a stream that inflates a thousandfold', async () => {
    const { deflateSync } = await import('node:zlib');
    const bomb = deflateSync(Buffer.alloc(8_000_000)).toString('latin1');
    const document = await open(samplePdf({ extra: [streamBody(bomb, '/Filter /FlateDecode')] }));
    const stream = await document.get(ref(4));
    expect(await problemOf(async () => isStream(stream) && document.streamBytes(stream))).toBe('pdf_limits');
  });

  test('many streams that together inflate beyond the bound', async () => {
    const document = await openPdf(memorySource(samplePdf({ extra: [streamBody('x'.repeat(600))] })), {
      ...DEFAULT_LIMITS,
      totalInflatedBytes: 1000,
    });
    const stream = await document.get(ref(4));
    const read = async () => isStream(stream) && document.streamBytes(stream);
    await read();
    expect(await problemOf(read)).toBe('pdf_limits');
  });

  test('a cross-reference that promises millions of rows', async () => {
    const bytes = edited(samplePdf(), /xref\n0 4/, 'xref\n0 99999999');
    expect(['pdf_limits', 'pdf_broken']).toContain(await problemOf(() => open(bytes)));
  });

  test('more revisions than the bound', async () => {
    const bytes = samplePdf();
    const start = text(bytes).lastIndexOf('xref\n0');
    const second = `xref\n0 0\ntrailer\n<< /Size 4 /Root 1 0 R /Prev ${start} >>\nstartxref\n${bytes.length}\n%%EOF\n`;
    const two = Buffer.concat([bytes, Buffer.from(second)]);
    await openPdf(memorySource(two), { ...DEFAULT_LIMITS, sections: 2 });
    expect(await problemOf(() => openPdf(memorySource(two), { ...DEFAULT_LIMITS, sections: 1 }))).toBe('pdf_limits');
  });

  test('more fields than the bound', async () => {
    const field = '<< /FT /Tx /T (a) >>';
    const form = samplePdf({ catalog: '/AcroForm << /Fields [4 0 R 5 0 R] >>', extra: [field, field] });
    const read = async (fields: number) => formFields(await openPdf(memorySource(form), { ...DEFAULT_LIMITS, fields }));
    expect(await read(2)).toHaveLength(2);
    expect(await problemOf(() => read(1))).toBe('pdf_limits');
  });
});

test('an encrypted file is refused by name', async () => {
  expect(await problemOf(() => open(samplePdf({ trailer: '/Encrypt << /Filter /Standard >>' })))).toBe('pdf_encrypted');
});

test('the newest revision of an object counts, and freed objects are null', async () => {
  const bytes = samplePdf({ extra: ['(old)', '(gone)'] });
  const start = text(bytes).lastIndexOf('xref\n0');
  const object = '4 0 obj\n(new)\nendobj\n';
  const table = bytes.length + object.length;
  const rows = `${String(bytes.length).padStart(10, '0')} 00000 n\r\n0000000000 00001 f\r\n`;
  const update = `${object}xref\n4 2\n${rows}trailer\n<< /Size 6 /Root 1 0 R /Prev ${start} >>\nstartxref\n${table}\n%%EOF\n`;
  const document = await open(Buffer.concat([bytes, Buffer.from(update)]));
  expect(await document.get(ref(4))).toMatchObject({ bytes: Uint8Array.from(Buffer.from('new')) });
  expect(await document.get(ref(5))).toBeNull();
  expect(await document.get(ref(77))).toBeNull();
  expect(document.xref.sections).toHaveLength(2);
});

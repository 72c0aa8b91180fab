import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFilters } from '../../../lib/pdf/filters.ts';
import { DEFAULT_LIMITS } from '../../../lib/pdf/limits.ts';
import { bytesString, dict, name, type PdfObject, ref } from '../../../lib/pdf/objects.ts';
import { ObjectParser } from '../../../lib/pdf/parser.ts';
import { ByteWriter, numberSyntax, writeObject } from '../../../lib/pdf/serialize.ts';
import { dateString, decodeTextString, parseDateString, textString } from '../../../lib/pdf/text-string.ts';

function parse(source: string | Uint8Array): PdfObject {
  const bytes = typeof source === 'string' ? Buffer.from(source, 'latin1') : source;
  return new ObjectParser({ bytes, base: 0, last: true }, DEFAULT_LIMITS, 0, false).object();
}

const string = (text: string, hex = false) => ({
  kind: 'string',
  hex,
  bytes: Uint8Array.from(Buffer.from(text, 'latin1')),
});

test.each<[string, unknown]>([
  ['true', true],
  ['null', null],
  ['-.5', -0.5],
  ['+17.', 17],
  ['% comment\r 4', 4],
  ['/A#20B#23', name('A B#')],
  ['/', name('')],
  ['(a(b)c\\)\\n\\101\\53\\q)', string('a(b)c)\nA+q')],
  ['(a\\\r\nb\r\nc)', string('ab\nc')],
  ['<48 65 6c6C 6f7>', string('Hellop', true)],
  ['[1 0 R 2 3 R 4 5]', [ref(1, 0), ref(2, 3), 4, 5]],
  ['[1 0/R]', [1, 0, name('R')]],
  ['<</A<</B[]>>/C null>>', dict({ A: dict({ B: [] }) })],
])('%s', (source, expected) => {
  expect(parse(source)).toEqual(expected);
});

test('a string knows where it stands in the file', () => {
  const parser = new ObjectParser({ bytes: Buffer.from('  <0011>'), base: 100, last: true }, DEFAULT_LIMITS);
  expect(parser.object()).toMatchObject({ span: { start: 102, end: 108 } });
});

const object: fc.Arbitrary<PdfObject> = fc.letrec<{ any: PdfObject }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 32),
    fc
      .string({ unit: 'binary-ascii' })
      .filter((text) => !text.includes('\0'))
      .map(name),
    fc.tuple(fc.uint8Array(), fc.boolean()).map(([bytes, hex]) => bytesString(bytes, hex)),
    fc.tuple(fc.nat(99999), fc.nat(65535)).map(([num, gen]) => ref(num, gen)),
    fc.array(tie('any'), { maxLength: 5 }),
    fc
      .dictionary(
        fc.string({ unit: 'binary-ascii' }).filter((key) => !key.includes('\0')),
        tie('any').filter((value) => value !== null),
        { maxKeys: 5 },
      )
      .map(dict),
  ),
})).any;

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(object, (value) => {
      const out = new ByteWriter();
      writeObject(out, value);
      expect(parse(out.result())).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

test('numbers are written without exponents', () => {
  expect(numberSyntax(1e-9)).toBe('0');
  expect(numberSyntax(-0.000001)).toBe('0');
  expect(numberSyntax(12_345_678_901)).toBe('12345678901');
  expect(numberSyntax(0.1 + 0.2)).toBe('0.3');
});

test('Vietnamese text and any other comes back from a text string', () => {
  expect(decodeTextString(textString('Nguyễn Thị Đào (Số: 12/QĐ-UBND)'))).toBe('Nguyễn Thị Đào (Số: 12/QĐ-UBND)');
  expect(textString('plain').bytes).toHaveLength(5);
  expect(decodeTextString(bytesString(Uint8Array.of(0x93, 0xa0, 0xe9)))).toBe('ﬁ€é');
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, (value) => {
      expect(decodeTextString(textString(value))).toBe(value);
    }),
    { numRuns: 100 },
  );
});

test('dates carry the zone of Vietnam and are read back', () => {
  const instant = Date.UTC(2025, 6, 1, 18, 30, 5);
  expect(decodeTextString(dateString(instant))).toBe("D:20250702013005+07'00'");
  expect(parseDateString("D:20250702013005+07'00'")).toBe(instant);
  expect(parseDateString('D:20250701183005Z')).toBe(instant);
  expect(parseDateString('D:2025')).toBe(Date.UTC(2025, 0, 1));
  expect(parseDateString('tomorrow')).toBeUndefined();
});

describe('filters', () => {
  const decode = (filter: string, data: string | Uint8Array, parms?: Record<string, number>) =>
    Buffer.from(
      decodeFilters(
        typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
        [{ name: filter, parms: parms && dict(parms) }],
        DEFAULT_LIMITS,
      ),
    ).toString('latin1');

  test.each<[string, string | Uint8Array, string]>([
    ['ASCIIHexDecode', '48 65 6C 6c 6F 7>', 'Hellop'],
    ['ASCII85Decode', '<~87cURD]i,"Ebo80~>'.slice(2), 'Hello World!'],
    ['ASCII85Decode', 'z87~>', '\0\0\0\0H'],
    ['RunLengthDecode', Uint8Array.of(2, 65, 66, 67, 254, 68, 128), 'ABCDDD'],
    ['LZWDecode', Uint8Array.of(0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01), '-----A---B'],
  ])('%s', (filter, data, expected) => {
    expect(decode(filter, data)).toBe(expected);
  });

  test('PNG predictors of every kind', async () => {
    const { deflateSync } = await import('node:zlib');
    const rows = Uint8Array.of(0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1);
    const out = Buffer.from(decode('FlateDecode', deflateSync(rows), { Predictor: 15, Columns: 3 }), 'latin1');
    expect([...out]).toEqual([1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5]);
  });

  test.each(['ASCIIHexDecode', 'ASCII85Decode', 'FlateDecode', 'NoSuchDecode'])(
    'damaged data for %s is refused',
    (filter) => {
      expect(() => decode(filter, '\x7fnot that')).toThrow(/pdf_broken/);
    },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  children,
  childrenOfSet,
  DerError,
  readBoolean,
  readElement,
  readIntegerBytes,
  readNamedBits,
  readOid,
  readSmallInteger,
  readTime,
  readWhole,
} from '../../../lib/pki/der.ts';
import {
  encodeInteger,
  encodeNamedBits,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeTime,
  encodeUtf8,
} from '../../../lib/pki/der-writer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the reader refuses what DER forbids', () => {
  test.each([
    ['an indefinite length', '30 80 00 00'],
    ['a length in two octets that fits in one', '04 81 01 00'],
    ['a length with a leading zero', '04 82 00 80'],
    ['a length of eight octets', '04 88 00 00 00 00 00 00 00 01 00'],
    ['a high tag number', '1f 81 01 01 00'],
    ['an element cut off', '04 05 00 00'],
    ['a header cut off', '04'],
    ['a length cut off', '04 82 01'],
    ['nothing', ''],
    ['bytes after the element', '04 01 00 00'],
  ])('%s', (_, bytes) => {
    expect(() => readWhole(hex(bytes))).toThrow(DerError);
  });

  test.each([
    ['a padded integer', '02 02 00 7f', readIntegerBytes],
    ['an integer padded with ones', '02 02 ff 80', readIntegerBytes],
    ['an empty integer', '02 00', readIntegerBytes],
    ['a negative small integer', '02 01 ff', readSmallInteger],
    ['a boolean that is neither', '01 01 01', readBoolean],
    ['an object identifier with a padded arc', '06 03 2a 80 01', readOid],
    ['an object identifier that ends inside an arc', '06 02 2a 81', readOid],
    ['a time with a zone', '17 11 3236303330393038313530302b30373030', readTime],
    ['the thirtieth of February', '17 0d 3236303233303030303030305a', readTime],
    ['a set out of order', '31 06 02 01 02 02 01 01', childrenOfSet],
    [
      'more children than the limit',
      '30 06 02 01 02 02 01 01',
      (element: ReturnType<typeof readElement>) => children(element, 1),
    ],
  ])('%s', (_, bytes, read) => {
    expect(() => read(readElement(hex(bytes)))).toThrow(DerError);
  });

  test('any bytes end in an element or a DerError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const pending = [readElement(bytes)];
          for (let element = pending.pop(); element; element = pending.pop())
            if ((element.tag & 0x20) !== 0) pending.push(...children(element));
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what is written is read again', () => {
  test('object identifiers', () => {
    for (const oid of ['1.2.840.113549.1.7.2', '2.5.29.15', '2.16.840.1.101.3.4.2.1', '0.4.0.1862.1.1', '2.999.3']) {
      expect(readOid(readWhole(encodeOid(oid)))).toBe(oid);
    }
  });

  test('integers', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0x7fffffff }), (value) => {
        expect(readSmallInteger(readWhole(encodeInteger(value)))).toBe(value);
      }),
    );
  });

  test('named bits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 8 })), (bits) => {
        expect([...readNamedBits(readWhole(encodeNamedBits(bits)))].sort()).toEqual([...bits].sort());
      }),
    );
  });

  test('times, in seconds, on both sides of 2050', () => {
    for (const time of [
      '1999-12-31T23:59:59Z',
      '2026-03-09T01:15:00Z',
      '2049-12-31T23:59:59Z',
      '2050-01-01T00:00:00Z',
    ]) {
      expect(readTime(readWhole(encodeTime(Date.parse(time))))).toBe(Date.parse(time));
    }
  });

  test('long contents, and sets in order', () => {
    for (const length of [127, 128, 255, 256, 65_535, 65_536]) {
      expect(readWhole(encodeUtf8('a'.repeat(length))).content).toHaveLength(length);
    }
    const set = encodeSetOf([encodeInteger(3), encodeInteger(1), encodeSequence()]);
    expect(childrenOfSet(readWhole(set)).map(({ content }) => content[0])).toEqual([1, 3, undefined]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definiteLengths } from '../../../lib/pki/definite-lengths.ts';
import { DerError } from '../../../lib/pki/der.ts';
import { encode } from '../../../lib/pki/der-writer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const rewritten = (text: string) => Buffer.from(definiteLengths(hex(text)).bytes).toString('hex');

/** The same elements, once in DER and once with every constructed one of indefinite length. */
type Twins = readonly [der: Uint8Array, ber: Uint8Array];
const { twins } = fc.letrec<{ twins: Twins }>((tie) => ({
  twins: fc.oneof(
    { maxDepth: 5 },
    fc.uint8Array({ maxLength: 300 }).map((content): Twins => [encode(0x04, content), encode(0x04, content)]),
    fc
      .tuple(fc.constantFrom(0x30, 0x31, 0xa0), fc.array(tie('twins'), { maxLength: 4 }))
      .map(
        ([tag, parts]): Twins => [
          encode(tag, ...parts.map(([der]) => der)),
          Buffer.concat([Buffer.from([tag, 0x80]), ...parts.map(([, ber]) => ber), Buffer.alloc(2)]),
        ],
      ),
  ),
}));

describe('indefinite lengths', () => {
  it('are rewritten as the definite ones that they stand for, whatever is nested, and DER stays as it is', () => {
    fc.assert(
      fc.property(twins, fc.uint8Array({ maxLength: 8 }), ([der, ber], rest) => {
        const { bytes, consumed } = definiteLengths(Buffer.concat([ber, rest]));
        expect(Buffer.from(bytes).equals(der)).toBe(true);
        expect(consumed).toBe(ber.length);
        expect(Buffer.from(definiteLengths(der).bytes).equals(der)).toBe(true);
      }),
    );
  });

  it.each([
    ['inside an element of definite length', '30 06 30 80 05 00 00 00', '300430020500'.replace('3004', '3004')],
    ['of an octet string in pieces', '24 80 04 02 01 02 04 01 03 00 00', '0403010203'],
  ])('%s', (_, ber, der) => {
    expect(rewritten(ber)).toBe(der);
  });

  it.each([
    ['that never end', '30 80 05 00'],
    ['cut off in their end', '30 80 05 00 00'],
    ['of a primitive element', '04 80 00 00'],
    ['of an octet string in pieces of another kind', '24 80 05 00 00 00'],
    ['nested without end', '3080'.repeat(100_000)],
    ['in an element that is longer than what holds it', '30 02 30 80 00 00'],
  ])('%s are refused', (_, ber) => {
    expect(() => definiteLengths(hex(ber))).toThrow(DerError);
  });
});

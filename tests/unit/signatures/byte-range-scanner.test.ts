import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteRangeScanner } from '../../../lib/signatures/validation/unlisted-signatures.ts';

test('every /ByteRange is found once, wherever the file is cut into chunks', () => {
  const piece = fc.constantFrom('/ByteRange', '/Byte', 'Range', '/', 'x', '/ByteRang', 'e[0 1 2 3]');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 14 })), (pieces, lengths) => {
      const text = pieces.join('');
      const scanner = new ByteRangeScanner();
      let at = 0;
      for (const length of [...lengths, text.length]) {
        // One buffer for all chunks, as sources use it: nothing may be kept of it.
        const chunk = Buffer.from(text.slice(at, at + length), 'latin1');
        at += chunk.length;
        scanner.push(chunk);
        chunk.fill(0);
      }
      expect(scanner.places).toEqual([...text.matchAll(/\/ByteRange/g)].map(({ index }) => index));
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { type HashName, hashWith } from '../../../lib/pki/algorithms.ts';
import { coveredDigests, wholeFile } from '../../../lib/signatures/validation/covered-digests.ts';

/** Larger than the pieces in which a file is read. */
const file = Buffer.from(Array.from({ length: 9 * 1024 * 1024 }, (_, index) => (index * 2_654_435_761) >>> 24));

test('every digest is that of its bytes, however heads, gaps and pieces lie', { timeout: 60_000 }, async () => {
  const places = [0, 1, 4_194_303, 4_194_304, 4_194_305, 8_388_608, file.length - 1, file.length];
  const request = fc
    .tuple(
      fc.constantFrom<HashName>('sha256', 'sha384', 'shake256'),
      fc.array(fc.constantFrom(...places), { minLength: 3, maxLength: 3 }),
    )
    .map(([hash, cuts]) => {
      const [head, from, to] = cuts.sort((a, b) => a - b) as [number, number, number];
      return { hash, head, from, to };
    });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), async (requests) => {
      const expected = requests.map(({ hash, head, from, to }) =>
        hashWith(hash).update(file.subarray(0, head)).update(file.subarray(from, to)).digest('hex'),
      );
      const digests = await coveredDigests(memorySource(file), requests);
      expect(digests.map((digest) => Buffer.from(digest).toString('hex'))).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});

test('the whole file, also an empty one', async () => {
  for (const bytes of [file, new Uint8Array()]) {
    const [digest] = await coveredDigests(memorySource(bytes), [wholeFile(memorySource(bytes))]);
    expect(digest).toEqual(hashWith('sha256').update(bytes).digest());
  }
});

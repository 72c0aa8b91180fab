import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource, readAll } from '../../../lib/pdf/byte-source.ts';
import { coveredRevision, hashedBytes } from '../../../lib/signatures/validation/covered-revision.ts';
import { createAuthority } from '../../support/pki/authority.ts';
import { letterPdf, signed, VISIBLE, verify } from '../../support/pki/signing.ts';

const authority = createAuthority();

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

test('gives back each revision as it was signed, and the bytes whose digest was signed', async () => {
  const signer = authority.signer();
  const revisions = [await signed(letterPdf(), { signer })];
  revisions.push(await signed(revisions[0]!, { signer, visible: VISIBLE }));
  revisions.push(await signed(revisions[1]!, { signer }));
  const source = memorySource(revisions[2]!);
  const verdict = await verify(revisions[2]!, authority);
  expect(verdict.signatures.length).toBe(3);
  for (const [index, { coverage, algorithm }] of verdict.signatures.entries()) {
    const revision = await readAll(coveredRevision(source, coverage!));
    expect(Buffer.compare(revision, revisions[index]!)).toBe(0);
    expect((await verify(revision, authority)).signatures.at(-1)).toMatchObject({
      status: 'TOTAL_PASSED',
      coverage: { wholeFile: true },
    });
    const hash = createHash(algorithm!.hash.replace('-', '').toLowerCase());
    expect(hash.update(await joined(hashedBytes(source, coverage!))).digest('hex')).toBe(coverage!.digest);
  }
});

test('leaves out the gap and nothing else, wherever it is, in chunks', async () => {
  const CHUNK = 1024 * 1024;
  const file = new Uint8Array(2 * CHUNK + 77).map((_, index) => index % 251);
  const at = fc.integer({ min: 1, max: file.length - 2 });
  await fc.assert(
    fc.asyncProperty(at, at, at, async (...places) => {
      const [start, end, last] = places.sort((a, b) => a - b) as [number, number, number];
      const byteRange = [0, start, end, last + 1 - end] as const;
      const expected = Buffer.concat([file.subarray(0, start), file.subarray(end, last + 1)]);
      expect(Buffer.compare(await joined(hashedBytes(memorySource(file), { byteRange })), expected)).toBe(0);
    }),
    { numRuns: 25 },
  );
});

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsChunkedDecoder, type ChunkSigning } from '../../../local/sigv4/aws-chunked.ts';
import { PayloadFault } from '../../../local/sigv4/payload-fault.ts';
import { signingKey } from '../../../local/sigv4/signing-key.ts';

// The example of the Amazon S3 API Reference, "Transferring payload in multiple chunks": 66560 bytes of `a`.
const scope = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', date: '20130524', region: 'us-east-1', service: 's3' };
const signing: ChunkSigning = {
  key: signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope),
  scope,
  amzDate: '20130524T000000Z',
  seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
};
const example = Buffer.concat([
  Buffer.from('10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n'),
  Buffer.alloc(65_536, 'a'),
  Buffer.from('\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n'),
  Buffer.alloc(1024, 'a'),
  Buffer.from('\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n'),
]);

async function decode(
  pieces: readonly Uint8Array[],
  options: Partial<ConstructorParameters<typeof AwsChunkedDecoder>[0]> = {},
) {
  const trailers: Record<string, string> = {};
  const decoder = new AwsChunkedDecoder({ signing, decodedLength: 66_560, trailerNames: [], trailers, ...options });
  const out: Buffer[] = [];
  await pipeline(Readable.from(pieces, { objectMode: false }), decoder, async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) out.push(chunk);
  });
  return { bytes: Buffer.concat(out), trailers };
}

const fault = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof PayloadFault ? error.kind : String(error)),
  );

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
}

describe('a body in signed chunks', () => {
  test('decodes the published example', async () => {
    expect((await decode([example])).bytes.equals(Buffer.alloc(66_560, 'a'))).toBe(true);
  });

  test('decodes however the wire cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(example.length), { maxLength: 6 }), async (cuts) => {
        expect((await decode(split(example, cuts))).bytes.length).toBe(66_560);
      }),
      { numRuns: 40 },
    );
  });

  test('is refused whichever byte of it changes', async () => {
    const heads = [...Array(87).keys(), ...Array.from({ length: 90 }, (_, i) => 65_622 + i)];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...heads), fc.nat(example.length - 5)),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const changed = Buffer.from(example);
          changed[at] = (changed[at] ?? 0) ^ mask;
          expect(await fault(decode([changed]))).not.toBe('accepted');
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is refused wherever it is cut short', async () => {
    for (const length of [0, 5, 86, 90, 65_622, 65_700, example.length - 60, example.length - 5]) {
      expect(await fault(decode([example.subarray(0, length)])), String(length)).not.toBe('accepted');
    }
  });

  test('is refused when it is longer or shorter than announced', async () => {
    expect(await fault(decode([example], { decodedLength: 66_559 }))).toBe('length');
    expect(await fault(decode([example], { decodedLength: 66_561 }))).toBe('length');
  });
});

describe('an unsigned body with a trailer', () => {
  const unsigned = { signing: undefined, decodedLength: 3, trailerNames: ['x-amz-checksum-crc32'] };
  const body = (text: string) => [Buffer.from(text)];

  test('gives its trailer out at the end', async () => {
    const { bytes, trailers } = await decode(body('3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n'), unsigned);
    expect([bytes.toString(), trailers]).toEqual(['abc', { 'x-amz-checksum-crc32': 'NSRBwg==' }]);
  });

  test.each([
    ['without the trailer', '3\r\nabc\r\n0\r\n\r\n', 'trailer'],
    ['with another trailer', '3\r\nabc\r\n0\r\nx-amz-meta-a:b\r\n\r\n', 'trailer'],
    ['with a chunk too long', '3\r\nabcd\r\n0\r\n\r\n', 'chunk-format'],
    ['with a size of nonsense', 'zz\r\nabc\r\n', 'chunk-format'],
    ['with a negative size', '-1\r\nabc\r\n', 'chunk-format'],
    ['with an endless size line', '3'.repeat(2000), 'chunk-format'],
    ['with an endless trailer', `3\r\nabc\r\n0\r\n${'x'.repeat(20_000)}`, 'trailer'],
    ['with a huge chunk announced', 'ffffffffffffffff\r\nabcdef', 'length'],
  ])('is refused %s', async (_, text, kind) => {
    expect(await fault(decode(body(text), unsigned))).toBe(kind);
  });
});

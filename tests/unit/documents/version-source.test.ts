import { createHash } from 'node:crypto';
import { type GetObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { VersionSource } from '../../../lib/documents/documents.ts';
import { ObjectStore } from '../../../lib/documents/object-store.ts';
import { readAll } from '../../../lib/pdf/byte-source.ts';
import { newId, systemRandom } from '../../../lib/platform/ids.ts';
import type { Outcome } from '../../../local/gateway/call.ts';
import { type Aws, DOCUMENTS_BUCKET, startAws } from '../../support/aws.ts';

const MIB = 1024 * 1024;
const LENGTH = 3 * MIB + 5;
/** No two places alike. */
const content = Buffer.concat(
  Array.from({ length: Math.ceil(LENGTH / 64) }, (_, index) => createHash('sha512').update(`${index}`).digest()),
).subarray(0, LENGTH);

let aws: Aws;
let client: S3Client;
let version: VersionSource['version'];
/** What becomes of the next answers; those after them come whole. */
let outcomes: Outcome[] = [];
let asked: GetObjectCommandInput[] = [];

beforeAll(async () => {
  aws = await startAws();
  aws.observe({ after: ({ operation }) => (operation === 'GetObject' && outcomes.shift()) || 'answer' });
  client = new S3Client({ maxAttempts: 1, responseChecksumValidation: 'WHEN_REQUIRED' });
  client.middlewareStack.add(
    (next) => async (args) => {
      asked.push(args.input as GetObjectCommandInput);
      return next(args);
    },
    { step: 'initialize' },
  );
  const stored = await new ObjectStore(client, DOCUMENTS_BUCKET).keep(newId(systemRandom), 1, 'original', content);
  version = { n: 1, kind: 'original', at: 0, pages: 1, ...stored };
});
beforeEach(() => {
  outcomes = [];
  asked = [];
});
afterAll(async () => {
  client?.destroy();
  await aws?.close();
});

const open = () => new ObjectStore(client, DOCUMENTS_BUCKET).open(version);
const cut = (cutAfter: number): Outcome => ({ cutAfter });
/** First and last octet of each range that was asked for. */
const ranges = () =>
  asked.map(
    ({ Range }) =>
      /^bytes=(\d+)-(\d+)$/
        .exec(Range ?? '')!
        .slice(1)
        .map(Number) as [number, number],
  );

test.each([
  ['a block', 10, 100],
  ['several blocks', 100_000, 500_000],
  ['a read of its own', 7, 2 * MIB],
])(
  '%s whose answer breaks off is read on from the octet reached, of the same object',
  async (_name, offset, length) => {
    outcomes = [cut(50_000), cut(0), cut(3000)];
    const bytes = await open().read(offset, length);
    expect(Buffer.from(bytes).equals(content.subarray(offset, offset + length))).toBe(true);

    const [first, ...further] = ranges();
    expect(further).toHaveLength(3);
    const starts = [first!, ...further].map(([start]) => start - first![0]);
    expect(starts).toEqual([0, 50_000, 50_000, 53_000]);
    expect(new Set(ranges().map(([, last]) => last)).size).toBe(1);
    for (const one of asked) expect(one.VersionId).toBe(version.versionId);
    for (const one of asked.slice(1)) expect(one.IfMatch).toMatch(/^"[0-9a-f]{32}"$/);
  },
);

test('all of it, the same way', async () => {
  outcomes = [cut(MIB), cut(0), cut(70_000)];
  const hash = createHash('sha256');
  for await (const chunk of open().stream!()) hash.update(chunk);
  expect(hash.digest('hex')).toBe(version.sha256);
  expect(ranges().map(([start]) => start)).toEqual([0, MIB, MIB, MIB + 70_000]);
});

test('answers that give nothing are asked for a few times, and then it fails', async () => {
  outcomes = Array<Outcome>(20).fill(cut(0));
  await expect(open().read(0, MIB)).rejects.toThrow();
  expect(asked).toHaveLength(4);
  // Whoever comes later is not burdened with it.
  outcomes = [];
  expect(Buffer.from(await readAll(open())).equals(content)).toBe(true);
});

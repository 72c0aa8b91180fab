import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEndpoint, refusal, type S3Endpoint } from './s3-endpoint.ts';

const MIB = 1024 ** 2;
const big = randomBytes(5 * MIB + 123);

let endpoint: S3Endpoint;
let s3: S3Client;
let Bucket: string;

beforeAll(async () => {
  endpoint = await openEndpoint();
  s3 = endpoint.client();
  Bucket = await endpoint.bucket();
});
beforeEach((context) => endpoint.skipKnownDifference(context));
afterAll(() => endpoint.close());

async function start(Key: string, more: object = {}): Promise<string> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return UploadId ?? '';
}

/** Uploads a part; the checksum is repeated on completion only where the upload was started with one. */
async function part(
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array | string,
  more: { ChecksumAlgorithm?: ChecksumAlgorithm } = {},
): Promise<CompletedPart> {
  const sent = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }));
  const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA256 } = sent;
  const checksums = { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA256 };
  return { PartNumber, ETag, ...(more.ChecksumAlgorithm ? checksums : {}) };
}

const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

async function bytes(Key: string, more: object = {}): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe('a multipart upload', () => {
  test('becomes one object, readable across its parts', async () => {
    const id = await start('whole', { ContentType: 'application/pdf', Metadata: { case: 'P-1' } });
    const parts = [await part('whole', id, 1, big), await part('whole', id, 3, 'tail')];
    const done = await complete('whole', id, parts);
    const md5 = (data: Uint8Array | string) => createHash('md5').update(data).digest();
    const expected = createHash('md5')
      .update(Buffer.concat([md5(big), md5('tail')]))
      .digest('hex');
    expect(done.ETag).toBe(`"${expected}-2"`);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'whole' }));
    expect(head).toMatchObject({
      ContentLength: big.length + 4,
      ContentType: 'application/pdf',
      Metadata: { case: 'P-1' },
    });
    expect((await bytes('whole')).equals(Buffer.concat([big, Buffer.from('tail')]))).toBe(true);
    const across = await bytes('whole', { Range: `bytes=${big.length - 3}-${big.length + 1}` });
    expect(across).toEqual(Buffer.concat([big.subarray(-3), Buffer.from('ta')]));
    const second = await s3.send(new GetObjectCommand({ Bucket, Key: 'whole', PartNumber: 2 }));
    expect([await second.Body?.transformToString(), second.PartsCount]).toEqual(['tail', 2]);
  });

  test('is completed once, however often it is asked for', async () => {
    const id = await start('retried');
    const parts = [await part('retried', id, 1, 'only')];
    const first = await complete('retried', id, parts);
    const again = await complete('retried', id, parts);
    expect([again.ETag, again.VersionId]).toEqual([first.ETag, first.VersionId]);
    expect(await refusal(part('retried', id, 2, 'late'))).toEqual(['NoSuchUpload', 404]);
  });

  test('takes ranges of stored versions as parts, without moving their bytes through the caller', async () => {
    const versioning = { Bucket, VersioningConfiguration: { Status: 'Enabled' } } as const;
    await s3.send(new PutBucketVersioningCommand(versioning));
    const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'original', Body: big }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'original', Body: 'replaced since' }));
    const id = await start('signed');
    const copied = await s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'signed',
        UploadId: id,
        PartNumber: 1,
        CopySource: `${Bucket}/original?versionId=${first.VersionId}`,
        CopySourceRange: `bytes=0-${5 * MIB - 1}`,
        ...(first.ETag ? { CopySourceIfMatch: first.ETag } : {}),
      }),
    );
    expect(copied.CopySourceVersionId).toBe(first.VersionId);
    expect(copied.CopyPartResult?.ETag).toBe(
      `"${createHash('md5')
        .update(big.subarray(0, 5 * MIB))
        .digest('hex')}"`,
    );
    const tail = await part('signed', id, 2, 'a revision');
    await complete('signed', id, [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }, tail]);
    expect((await bytes('signed')).equals(Buffer.concat([big.subarray(0, 5 * MIB), Buffer.from('a revision')]))).toBe(
      true,
    );
  });

  test('refuses copied ranges outside the source, and sources that changed', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'small', Body: '0123456789' }));
    const id = await start('bad-copy');
    const copy = (more: object) =>
      s3.send(
        new UploadPartCopyCommand({
          Bucket,
          Key: 'bad-copy',
          UploadId: id,
          PartNumber: 1,
          CopySource: `${Bucket}/small`,
          ...more,
        }),
      );
    expect((await refusal(copy({ CopySourceRange: 'bytes=5-10' })))[1]).toBeGreaterThanOrEqual(400);
    expect((await refusal(copy({ CopySourceRange: 'bytes=5-' })))[0]).toBe('InvalidArgument');
    expect(await refusal(copy({ CopySourceIfMatch: '"other"' }))).toEqual(['PreconditionFailed', 412]);
  });

  test('holds its list of parts to what was uploaded', async () => {
    const id = await start('strict');
    const large = [await part('strict', id, 1, big), await part('strict', id, 2, big)];
    expect(await refusal(complete('strict', id, large.toReversed()))).toEqual(['InvalidPartOrder', 400]);
    const one = await part('strict', id, 1, 'too small to be first');
    const two = await part('strict', id, 2, 'tail');
    expect(await refusal(complete('strict', id, large))).toEqual(['InvalidPart', 400]);
    expect(await refusal(complete('strict', id, [one, two]))).toEqual(['EntityTooSmall', 400]);
    expect(await refusal(complete('strict', id, [{ ...one, ETag: two.ETag }]))).toEqual(['InvalidPart', 400]);
    expect(await refusal(complete('strict', id, [{ ...one, PartNumber: 7 }]))).toEqual(['InvalidPart', 400]);
    expect(await refusal(complete('strict', id, []))).toEqual(['MalformedXML', 400]);
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'strict' })))).toEqual(['NotFound', 404]);
    // A part sent again takes the place of the first.
    const again = await part('strict', id, 1, 'the right one');
    await complete('strict', id, [again]);
    expect((await bytes('strict')).toString()).toBe('the right one');
  });

  test('that writes a key once only loses to who was first', async () => {
    const id = await start('once');
    const only = await part('once', id, 1, 'late');
    await s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'first' }));
    expect(await refusal(complete('once', id, [only], { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    expect((await bytes('once')).toString()).toBe('first');
    await complete('once', id, [only]);
    expect((await bytes('once')).toString()).toBe('late');
  });

  test('is listed until it ends, and its parts with it', async () => {
    const id = await start('listed/a');
    await part('listed/a', id, 1, 'one');
    await part('listed/a', id, 2, 'two');
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed/' }));
    expect(uploads.Uploads?.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([['listed/a', id]]);
    const page = await s3.send(new ListPartsCommand({ Bucket, Key: 'listed/a', UploadId: id, MaxParts: 1 }));
    expect([page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), page.IsTruncated]).toEqual([[[1, 3]], true]);
    const PartNumberMarker = page.NextPartNumberMarker;
    const rest = await s3.send(new ListPartsCommand({ Bucket, Key: 'listed/a', UploadId: id, PartNumberMarker }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([2]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'listed/a', UploadId: id }));
    expect(await refusal(part('listed/a', id, 3, 'x'))).toEqual(['NoSuchUpload', 404]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed/' }))).Uploads ?? []).toEqual([]);
  });

  test('refuses part numbers outside 1 to 10 000', async () => {
    const id = await start('numbers');
    expect(await refusal(part('numbers', id, 10_001, 'x'))).toEqual(['InvalidArgument', 400]);
    expect(await refusal(part('numbers', id, 0, 'x'))).toEqual(['InvalidArgument', 400]);
  });
});

describe('checksums of parts', () => {
  test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
    '%s joins to that of the whole object',
    async (ChecksumAlgorithm) => {
      const key = `joined-${ChecksumAlgorithm}`;
      const id = await start(key, { ChecksumAlgorithm, ChecksumType: 'FULL_OBJECT' });
      const parts = [
        await part(key, id, 1, big, { ChecksumAlgorithm }),
        await part(key, id, 2, 'tail', { ChecksumAlgorithm }),
      ];
      const field = `Checksum${ChecksumAlgorithm}` as const;
      const joined = await complete(key, id, parts, { ChecksumType: 'FULL_OBJECT' });
      const Body = Buffer.concat([big, Buffer.from('tail')]);
      const whole = await s3.send(new PutObjectCommand({ Bucket, Key: `${key}-plain`, Body, ChecksumAlgorithm }));
      expect(joined[field]).toBe(whole[field]);
      expect(joined.ChecksumType).toBe('FULL_OBJECT');
    },
  );

  test('SHA256 composes, and a wrong one keeps the object out', async () => {
    const id = await start('composed', { ChecksumAlgorithm: 'SHA256' });
    const parts = [
      await part('composed', id, 1, big, { ChecksumAlgorithm: 'SHA256' }),
      await part('composed', id, 2, 'tail', { ChecksumAlgorithm: 'SHA256' }),
    ];
    const wrong = [parts[0] as CompletedPart, { ...parts[1], ChecksumSHA256: parts[0]?.ChecksumSHA256 }];
    expect((await refusal(complete('composed', id, wrong)))[1]).toBe(400);
    const done = await complete('composed', id, parts);
    const sha = (data: Uint8Array | string) => createHash('sha256').update(data).digest();
    const expected = createHash('sha256')
      .update(Buffer.concat([sha(big), sha('tail')]))
      .digest('base64');
    expect(done.ChecksumSHA256).toBe(`${expected}-2`);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'composed', ChecksumMode: 'ENABLED' }));
    expect([head.ChecksumSHA256, head.ChecksumType]).toEqual([`${expected}-2`, 'COMPOSITE']);
  });
});

test('lib-storage uploads a stream of unknown length', async () => {
  const Body = new Blob([big, big]).stream();
  await new Upload({ client: s3, params: { Bucket, Key: 'lib-storage', Body }, partSize: 5 * MIB }).done();
  const sent = createHash('sha256').update(big).update(big).digest('hex');
  expect(
    createHash('sha256')
      .update(await bytes('lib-storage'))
      .digest('hex'),
  ).toBe(sent);
});

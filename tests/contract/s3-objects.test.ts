import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEndpoint, refusal, type S3Endpoint } from './s3-endpoint.ts';

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

const put = (Key: string, Body: string | Uint8Array = 'x', more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more: object = {}) => (await get(Key, more)).Body?.transformToString();

describe('objects', () => {
  test('come back as they were put, with their headers and metadata', async () => {
    const body = 'Quyết định số 01/QĐ-UBND';
    const written = await put('qd/01.txt', body, {
      ContentType: 'text/plain; charset=utf-8',
      ContentDisposition: 'attachment; filename="01.txt"',
      CacheControl: 'private',
      Metadata: { owner: 'xa-a', kind: 'decision' },
    });
    const md5 = createHash('md5').update(body).digest('hex');
    expect(written.ETag).toBe(`"${md5}"`);
    const read = await get('qd/01.txt');
    expect(await read.Body?.transformToString()).toBe(body);
    expect(read).toMatchObject({
      ContentType: 'text/plain; charset=utf-8',
      ContentDisposition: 'attachment; filename="01.txt"',
      CacheControl: 'private',
      ContentLength: Buffer.byteLength(body),
      ETag: `"${md5}"`,
      AcceptRanges: 'bytes',
      Metadata: { owner: 'xa-a', kind: 'decision' },
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'qd/01.txt' }));
    expect(head.ContentLength).toBe(Buffer.byteLength(body));
    expect(head.LastModified).toEqual(read.LastModified);
  });

  test('of no bytes are objects too', async () => {
    await put('empty', new Uint8Array());
    expect(await text('empty')).toBe('');
    expect((await get('empty')).ContentLength).toBe(0);
  });

  test('are replaced whole', async () => {
    await put('again', 'a longer first body');
    await put('again', 'second');
    expect(await text('again')).toBe('second');
  });

  test('that do not exist are told by name', async () => {
    expect(await refusal(get('nothing'))).toEqual(['NoSuchKey', 404]);
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'nothing' })))).toEqual(['NotFound', 404]);
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket-here', Key: 'a' })))).toEqual([
      'NoSuchBucket',
      404,
    ]);
  });

  test('are gone after deletion, and deleting nothing succeeds', async () => {
    await put('gone');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
    expect(await refusal(get('gone'))).toEqual(['NoSuchKey', 404]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
  });

  test('are deleted by the hundred, each for itself', async () => {
    await Promise.all(['m/1', 'm/2', 'm/&<3>'].map((key) => put(key)));
    const Objects = ['m/1', 'm/2', 'm/&<3>', 'm/none'].map((Key) => ({ Key }));
    const deleted = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(deleted.Deleted?.map(({ Key }) => Key).sort()).toEqual(['m/&<3>', 'm/1', 'm/2', 'm/none']);
    expect(await refusal(get('m/&<3>'))).toEqual(['NoSuchKey', 404]);
  });

  test('keep their tags', async () => {
    await put('tagged', 'x', { Tagging: 'unit=xa-a&year=2026' });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect(TagSet?.sort((a, b) => (a.Key ?? '').localeCompare(b.Key ?? ''))).toEqual([
      { Key: 'unit', Value: 'xa-a' },
      { Key: 'year', Value: '2026' },
    ]);
  });

  test('stream in with a known length', async () => {
    const chunk = Buffer.alloc(64 * 1024, 7);
    const Body = Readable.from([chunk, chunk, chunk.subarray(0, 100)]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: 131_172 }));
    expect((await (await get('streamed')).Body?.transformToByteArray())?.length).toBe(131_172);
  });
});

describe('keys', () => {
  const isKept = async (key: string) => {
    await put(key, `body of ${key}`);
    expect(await text(key)).toBe(`body of ${key}`);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: key }));
    expect(Contents?.map(({ Key }) => Key)).toContain(key);
  };

  test.each([
    'Đơn kiến nghị số 1.pdf',
    'quotes\'"!*()@:,$&=+;?#%25 <.txt',
    'emoji/📄.pdf',
    '.hidden',
    'con.json.tmp',
    '__proto__',
  ])('like %s are kept', isKept);

  test('that climb and stay inside their bucket are kept', async () => {
    for (const key of ['a//b/./c', 'videos/2014/../../video1.wmv', 'k'.repeat(1024)]) await isKept(key);
  });

  test('are encoded in a listing that asks for it', async () => {
    await put('enc/ü 1\n');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'enc/', EncodingType: 'url' }));
    expect(decodeURIComponent((Contents?.[0]?.Key ?? '').replaceAll('+', ' '))).toBe('enc/ü 1\n');
  });

  test('never climb above their bucket', async () => {
    for (const key of ['../../etc/passwd', '..', 'a/../../b']) {
      const [code, status] = await refusal(put(key));
      expect([code, status], key).toEqual(['InvalidURI', 400]);
    }
  });

  test('of more than 1024 bytes are refused', async () => {
    expect(await refusal(put('ờ'.repeat(512)))).toEqual(['KeyTooLongError', 400]);
  });
});

describe('ranges', () => {
  beforeAll(() => put('digits', '0123456789'));

  test.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=-50', '0123456789', 'bytes 0-9/10'],
    ['bytes=5-500', '56789', 'bytes 5-9/10'],
  ])('%s answers 206', async (Range, body, contentRange) => {
    const read = await get('digits', { Range });
    expect(read.$metadata.httpStatusCode).toBe(206);
    expect(read.ContentRange).toBe(contentRange);
    expect(await read.Body?.transformToString()).toBe(body);
  });

  test('beyond the end answer 416', async () => {
    expect(await refusal(get('digits', { Range: 'bytes=10-' }))).toEqual(['InvalidRange', 416]);
  });

  test('that make no sense are ignored', async () => {
    const read = await get('digits', { Range: 'lines=1-2' });
    expect([read.$metadata.httpStatusCode, await read.Body?.transformToString()]).toEqual([200, '0123456789']);
  });
});

describe('conditions', () => {
  test('on reading', async () => {
    const { ETag } = await put('cond', 'body');
    const { LastModified } = await get('cond');
    const earlier = new Date((LastModified?.getTime() ?? 0) - 60_000);
    expect(await text('cond', { IfMatch: ETag })).toBe('body');
    expect(await refusal(get('cond', { IfMatch: '"other"' }))).toEqual(['PreconditionFailed', 412]);
    expect((await refusal(get('cond', { IfNoneMatch: ETag })))[1]).toBe(304);
    expect(await text('cond', { IfNoneMatch: '"other"' })).toBe('body');
    expect((await refusal(get('cond', { IfModifiedSince: LastModified })))[1]).toBe(304);
    expect(await text('cond', { IfModifiedSince: earlier })).toBe('body');
    expect(await refusal(get('cond', { IfUnmodifiedSince: earlier }))).toEqual(['PreconditionFailed', 412]);
    // The entity tag outranks the date (RFC 9110 §13.2.2).
    expect(await text('cond', { IfMatch: ETag, IfUnmodifiedSince: earlier })).toBe('body');
  });

  test('If-None-Match: * writes a key once only', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    expect(await refusal(put('once', 'second', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    expect(await text('once')).toBe('first');
  });

  test('of ten writers at once that all ask for an absent key, one wins', async () => {
    const writers = Array.from({ length: 10 }, (_, i) => put('race', `writer ${i}`, { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(writers);
    const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(await text('race')).toBe(`writer ${winners[0]}`);
  });

  test('If-Match writes over what it knows only', async () => {
    const { ETag } = await put('cas', 'one');
    await put('cas', 'two', { IfMatch: ETag });
    expect(await refusal(put('cas', 'three', { IfMatch: ETag }))).toEqual(['PreconditionFailed', 412]);
    expect(await refusal(put('cas-none', 'x', { IfMatch: ETag }))).toEqual(['NoSuchKey', 404]);
    expect(await text('cas')).toBe('two');
  });
});

describe('checksums', () => {
  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    '%s is kept and shown on request',
    async (ChecksumAlgorithm) => {
      const written = await put(`sum/${ChecksumAlgorithm}`, 'checked', { ChecksumAlgorithm });
      const read = await get(`sum/${ChecksumAlgorithm}`, { ChecksumMode: 'ENABLED' });
      const field = `Checksum${ChecksumAlgorithm}` as const;
      expect(written[field]).toBeTruthy();
      expect(read[field]).toBe(written[field]);
      expect(read.ChecksumType).toBe('FULL_OBJECT');
      expect(await read.Body?.transformToString()).toBe('checked');
    },
  );

  test('that do not fit keep the object out', async () => {
    const wrong = createHash('sha256').update('other').digest('base64');
    expect(await refusal(put('sum/bad', 'body', { ChecksumSHA256: wrong }))).toEqual(['BadDigest', 400]);
    expect(
      await refusal(put('sum/bad', 'body', { ContentMD5: createHash('md5').update('other').digest('base64') })),
    ).toEqual(['BadDigest', 400]);
    expect(await refusal(put('sum/bad', 'body', { ContentMD5: 'nonsense' }))).toEqual(['InvalidDigest', 400]);
    expect(await refusal(get('sum/bad'))).toEqual(['NoSuchKey', 404]);
  });

  test('attributes tell size and checksum', async () => {
    await put('sum/attributes', 'five!', { ChecksumAlgorithm: 'SHA256' });
    const told = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'sum/attributes', ObjectAttributes: ['ObjectSize', 'Checksum'] }),
    );
    expect(told.ObjectSize).toBe(5);
    expect(told.Checksum?.ChecksumSHA256).toBe(createHash('sha256').update('five!').digest('base64'));
  });
});

describe('copies', () => {
  test('carry bytes and metadata, or replace the metadata', async () => {
    await put('src/ü 1', 'copied', { Metadata: { a: '1' }, ContentType: 'text/plain' });
    const CopySource = `${Bucket}/${encodeURIComponent('src/ü 1')}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'dst', CopySource }));
    expect(await get('dst')).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/plain' });
    expect(await text('dst')).toBe('copied');
    const replaced = { Bucket, Key: 'dst2', CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } } as const;
    await s3.send(new CopyObjectCommand(replaced));
    expect((await get('dst2')).Metadata).toEqual({ b: '2' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'src/ü 1' }));
    expect(await text('dst')).toBe('copied');
  });

  test('obey their conditions', async () => {
    const { ETag } = await put('src2', 'body');
    const copy = (more: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'dst3', CopySource: `${Bucket}/src2`, ...more }));
    expect(await refusal(copy({ CopySourceIfMatch: '"other"' }))).toEqual(['PreconditionFailed', 412]);
    expect(await refusal(copy({ CopySourceIfNoneMatch: ETag }))).toEqual(['PreconditionFailed', 412]);
    await copy({ CopySourceIfMatch: ETag, IfNoneMatch: '*' });
    expect(await refusal(copy({ IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    expect(await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: 'd', CopySource: `${Bucket}/none` })))).toEqual([
      'NoSuchKey',
      404,
    ]);
    expect(
      (await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: 'src2', CopySource: `${Bucket}/src2` }))))[0],
    ).toBe('InvalidRequest');
  });
});

describe('listings', () => {
  let Listed: string;
  const keys = ['a/1', 'a/2', 'a/b/3', 'c.', 'c/4', 'đ', '\u{1f4c4}', '\uff5e'];
  beforeAll(async () => {
    Listed = await endpoint.bucket();
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: Listed, Key, Body: 'x' }));
  });

  test('are in the order of UTF-8 bytes', async () => {
    const { Contents, KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: Listed }));
    const ordered = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(Contents?.map(({ Key }) => Key)).toEqual(ordered);
    expect(KeyCount).toBe(keys.length);
  });

  test('roll keys up by delimiter', async () => {
    const found = await s3.send(new ListObjectsV2Command({ Bucket: Listed, Delimiter: '/' }));
    expect(found.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'c/']);
    expect(found.Contents?.map(({ Key }) => Key)?.[0]).toBe('c.');
    const below = await s3.send(new ListObjectsV2Command({ Bucket: Listed, Delimiter: '/', Prefix: 'a/' }));
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
    expect(below.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/b/']);
  });

  test.each([1, 2, 3])('page by %i without loss or repetition', async (pageSize) => {
    const seen: string[] = [];
    const pages = paginateListObjectsV2({ client: s3, pageSize }, { Bucket: Listed, Delimiter: '/' });
    for await (const page of pages) {
      for (const { Key } of page.Contents ?? []) seen.push(Key ?? '');
      for (const { Prefix } of page.CommonPrefixes ?? []) seen.push(Prefix ?? '');
    }
    expect(seen.sort()).toEqual(['a/', 'c.', 'c/', 'đ', '\u{1f4c4}', '\uff5e'].sort());
  });

  test('start after a key', async () => {
    const found = await s3.send(new ListObjectsV2Command({ Bucket: Listed, StartAfter: 'a/2', MaxKeys: 2 }));
    expect(found.Contents?.map(({ Key }) => Key)).toEqual(['a/b/3', 'c.']);
    const old = await s3.send(new ListObjectsCommand({ Bucket: Listed, Marker: 'c.', MaxKeys: 1 }));
    expect(old.Contents?.map(({ Key }) => Key)).toEqual(['c/4']);
    expect(old.IsTruncated).toBe(true);
  });
});

describe('buckets', () => {
  test('are found, located and refused by name', async () => {
    await s3.send(new HeadBucketCommand({ Bucket }));
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(endpoint.region);
    expect((await refusal(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket-here' }))))[1]).toBe(404);
  });

  test('encrypt by default as they are told to', async () => {
    const Encrypted = await endpoint.bucket();
    const KMSMasterKeyID = `arn:aws:kms:${endpoint.region}:000000000000:key/11111111-2222-3333-4444-555555555555`;
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID } }];
    await s3.send(new PutBucketEncryptionCommand({ Bucket: Encrypted, ServerSideEncryptionConfiguration: { Rules } }));
    const written = await s3.send(new PutObjectCommand({ Bucket: Encrypted, Key: 'a', Body: 'x' }));
    expect(written).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMSMasterKeyID });
    const plain = await s3.send(
      new PutObjectCommand({ Bucket: Encrypted, Key: 'b', Body: 'x', ServerSideEncryption: 'AES256' }),
    );
    expect(plain.ServerSideEncryption).toBe('AES256');
  });
});

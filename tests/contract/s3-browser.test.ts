import { createHmac } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorCode, openEndpoint, refusal, type S3Endpoint } from './s3-endpoint.ts';

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

const absent = async (Key: string) =>
  expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key })))).toEqual(['NotFound', 404]);

const sign = (Key: string, options: Omit<PresignedPostOptions, 'Bucket' | 'Key'> = {}) =>
  createPresignedPost(s3, { Bucket, Key, Expires: 60, ...options });

type Post = Awaited<ReturnType<typeof sign>>;

async function send(post: Post, file: Blob | string = 'file', change: (form: FormData) => void = () => {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
  change(form);
  form.append('file', typeof file === 'string' ? new Blob([file]) : file, 'đơn số 1.pdf');
  const response = await fetch(post.url, { method: 'POST', body: form, redirect: 'manual' });
  const body = await response.text();
  return { status: response.status, code: errorCode(body), body, headers: response.headers };
}

describe('a browser form', () => {
  test('stores its file with the fields it was signed for', async () => {
    const post = await sign('intake/a', {
      Fields: { 'Content-Type': 'application/pdf', 'x-amz-meta-owner': 'citizen-1' },
      Conditions: [
        ['content-length-range', 1, 1000],
        ['eq', '$Content-Type', 'application/pdf'],
        ['eq', '$x-amz-meta-owner', 'citizen-1'],
      ],
    });
    const file = `\r\n--not the boundary\r\n${'x'.repeat(500)}\r\n`;
    const sent = await send(post, file);
    expect([sent.status, sent.body]).toEqual([204, '']);
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'intake/a' }));
    expect(await read.Body?.transformToString()).toBe(file);
    expect([read.ContentType, read.Metadata]).toEqual(['application/pdf', { owner: 'citizen-1' }]);
    expect(sent.headers.get('etag')).toBe(read.ETag);
  });

  test('fills in the file name and answers with the status it asks for', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own variable
    const post = await sign('intake/${filename}', { Fields: { success_action_status: '201' } });
    const sent = await send(post);
    expect(sent.status).toBe(201);
    expect(sent.body).toContain('<Key>intake/đơn số 1.pdf</Key>');
    await s3.send(new HeadObjectCommand({ Bucket, Key: 'intake/đơn số 1.pdf' }));
  });

  test('takes files larger than its buffers, and empty ones', async () => {
    const large = new Uint8Array(3 * 1024 * 1024).fill(13);
    expect((await send(await sign('intake/large'), new Blob([large]))).status).toBe(204);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'intake/large' }))).ContentLength).toBe(large.length);
    expect((await send(await sign('intake/empty'), new Blob([]))).status).toBe(204);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'intake/empty' }))).ContentLength).toBe(0);
  });

  test('whose file is larger or smaller than its policy allows is refused', async () => {
    const post = await sign('intake/size', { Conditions: [['content-length-range', 5, 1000]] });
    expect(await send(post, 'x'.repeat(1001))).toMatchObject({ status: 400, code: 'EntityTooLarge' });
    expect(await send(post, new Blob(['x'.repeat(2_000_000)]))).toMatchObject({ status: 400, code: 'EntityTooLarge' });
    expect(await send(post, 'four')).toMatchObject({ status: 400, code: 'EntityTooSmall' });
    await absent('intake/size');
    expect((await send(post, 'x'.repeat(1000))).status).toBe(204);
  });

  test('with a changed field, an added field or another key is refused', async () => {
    const post = await sign('intake/fixed', { Conditions: [['starts-with', '$Content-Type', 'application/']] });
    const typed = (type: string, more: (form: FormData) => void = () => {}) =>
      send(post, 'x', (form) => {
        form.set('Content-Type', type);
        more(form);
      });
    const denied = { status: 403, code: 'AccessDenied' };
    expect(await typed('text/html')).toMatchObject(denied);
    expect(await typed('application/pdf', (form) => form.set('key', 'intake/other'))).toMatchObject(denied);
    expect(await typed('application/pdf', (form) => form.set('x-amz-meta-owner', 'me'))).toMatchObject(denied);
    await absent('intake/fixed');
    expect(await typed('application/pdf')).toMatchObject({ status: 204 });
    await absent('intake/other');
  });

  test('with a tampered policy, a wrong signature or an unknown key is refused', async () => {
    const post = await sign('intake/tampered', { Conditions: [['content-length-range', 0, 10]] });
    const policy = JSON.parse(Buffer.from(post.fields.Policy ?? '', 'base64').toString());
    policy.conditions = policy.conditions.filter((condition: unknown) => !Array.isArray(condition));
    const loosened = Buffer.from(JSON.stringify(policy)).toString('base64');
    const file = 'much more than ten bytes';
    expect(await send(post, file, (form) => form.set('Policy', loosened))).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    const forged = createHmac('sha256', 'guess').update(loosened).digest('hex');
    const forge = (form: FormData) => {
      form.set('Policy', loosened);
      form.set('X-Amz-Signature', forged);
    };
    expect(await send(post, file, forge)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    const stranger = (form: FormData) =>
      form.set('X-Amz-Credential', (post.fields['X-Amz-Credential'] ?? '').replace(/^[^/]+/, 'AKIDUNKNOWN'));
    expect(await send(post, 'x', stranger)).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' });
    expect(await send(post, 'x', (form) => form.delete('Policy'))).toMatchObject({ status: 403, code: 'AccessDenied' });
    await absent('intake/tampered');
  });

  test('after its time, or for another bucket, is refused', async () => {
    const late = await sign('intake/late', { Expires: -1 });
    expect(await send(late)).toMatchObject({ status: 403, code: 'AccessDenied' });
    await absent('intake/late');
    const Other = await endpoint.bucket();
    const post = await sign('intake/elsewhere');
    expect(await send({ ...post, url: post.url.replace(Bucket, Other) })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
  });

  test('that is cut short, has no file or no end of fields is refused', async () => {
    const post = await sign('intake/cut');
    const raw = async (body: string) => {
      const headers = { 'content-type': 'multipart/form-data; boundary=B' };
      const response = await fetch(post.url, { method: 'POST', headers, body });
      return [response.status, errorCode(await response.text())];
    };
    const field = ([name, value]: [string, string]) =>
      `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const fields = Object.entries(post.fields).map(field).join('');
    const file = '--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf of it';
    expect((await raw(`${fields}${file}`))[0]).toBe(400);
    expect((await raw(`${fields}--B--\r\n`))[0]).toBe(400);
    expect((await raw(field(['x', 'y'.repeat(30_000)])))[0]).toBe(400);
    expect((await raw('nothing of a form'))[0]).toBe(400);
    await absent('intake/cut');
    expect(
      (await raw(`${fields}${file}\r\n--B\r\nContent-Disposition: form-data; name="submit"\r\n\r\nGo\r\n--B--`))[0],
    ).toBe(204);
  });

  test('may name a checksum of its file', async () => {
    const sum = (value: string) => sign('intake/sum', { Fields: { 'x-amz-checksum-crc32': value } });
    expect((await send(await sum('NhCmhg=='), 'hello')).status).toBe(204);
    expect(await send(await sum('NhCmhg=='), 'hallo')).toMatchObject({ status: 400, code: 'BadDigest' });
  });
});

describe('CORS', () => {
  const origin = 'https://portal.example.vn';
  beforeAll(() =>
    s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: {
          CORSRules: [
            {
              AllowedOrigins: [origin, 'https://*.thanhhoa.example'],
              AllowedMethods: ['POST', 'GET'],
              AllowedHeaders: ['content-type', 'x-amz-*'],
              ExposeHeaders: ['ETag'],
              MaxAgeSeconds: 300,
            },
          ],
        },
      }),
    ),
  );
  const preflight = (from: string, method: string, headers?: string) =>
    fetch(`${endpoint.url}/${Bucket}/intake/a`, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': method,
        ...(headers ? { 'access-control-request-headers': headers } : {}),
      },
    });

  test('preflights are answered by the rules of the bucket', async () => {
    const allowed = await preflight(origin, 'POST', 'Content-Type, X-Amz-Meta-Owner');
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
    expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-amz-meta-owner');
    expect(allowed.headers.get('access-control-max-age')).toBe('300');
    expect((await preflight('https://a.thanhhoa.example', 'GET')).status).toBe(200);
    expect((await preflight('https://evil.example', 'POST')).status).toBe(403);
    expect((await preflight(origin, 'DELETE')).status).toBe(403);
    expect((await preflight(origin, 'POST', 'authorization')).status).toBe(403);
    const bare = await endpoint.bucket();
    const none = await fetch(`${endpoint.url}/${bare}/a`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect(none.status).toBe(403);
  });

  test('actual requests carry the headers, refused ones too', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'cors', Body: 'x' }));
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'cors' }));
    const read = await fetch(url, { headers: { origin } });
    expect(read.headers.get('access-control-allow-origin')).toBe(origin);
    expect(read.headers.get('access-control-expose-headers')).toContain('ETag');
    const stranger = await fetch(url, { headers: { origin: 'https://evil.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    const refused = await fetch(`${url}x`, { headers: { origin } });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
  });
});

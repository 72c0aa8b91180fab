import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorCode, openEndpoint, refusal, type S3Endpoint } from './s3-endpoint.ts';
import { signChunks, signRequest } from './signer.ts';

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
const text = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

describe('a signed request', () => {
  const put = (client: S3Client) => client.send(new PutObjectCommand({ Bucket, Key: 'refused', Body: 'x' }));

  test('with the wrong secret is refused', async () => {
    const { accessKeyId } = endpoint;
    const client = endpoint.client({ credentials: { accessKeyId, secretAccessKey: 'wrong' } });
    expect(await refusal(put(client))).toEqual(['SignatureDoesNotMatch', 403]);
    await absent('refused');
  });

  test('with an unknown key is refused', async () => {
    const client = endpoint.client({ credentials: { accessKeyId: 'AKIDUNKNOWN', secretAccessKey: 'x' } });
    expect(await refusal(put(client))).toEqual(['InvalidAccessKeyId', 403]);
  });

  test('with a session token that is not the key’s is refused', async () => {
    const { accessKeyId, secretAccessKey } = endpoint;
    const client = endpoint.client({ credentials: { accessKeyId, secretAccessKey, sessionToken: 'invented' } });
    expect((await refusal(put(client)))[1]).toBeGreaterThanOrEqual(400);
    await absent('refused');
  });

  test('of another time is refused', async () => {
    const date = new Date(Date.now() - 16 * 60_000);
    const request = signRequest(endpoint, { method: 'PUT', path: `/${Bucket}/refused`, body: 'x', date });
    const response = await fetch(request.url, request.init);
    expect([response.status, errorCode(await response.text())]).toEqual([403, 'RequestTimeTooSkewed']);
  });

  test('for another region is refused', async () => {
    const request = signRequest({ ...endpoint, region: 'eu-west-3' }, { method: 'GET', path: `/${Bucket}/a` });
    const response = await fetch(request.url, request.init);
    expect([response.status, errorCode(await response.text())]).toEqual([400, 'AuthorizationHeaderMalformed']);
  });

  test('whose body is not the one signed leaves nothing behind', async () => {
    const request = signRequest(endpoint, { method: 'PUT', path: `/${Bucket}/swapped`, body: 'signed body' });
    const response = await fetch(request.url, { ...request.init, body: 'other bodyx' });
    expect([response.status, errorCode(await response.text())]).toEqual([400, 'XAmzContentSHA256Mismatch']);
    await absent('swapped');
  });

  test('with a header added on the way is refused', async () => {
    const request = signRequest(endpoint, { method: 'PUT', path: `/${Bucket}/extra`, body: 'x' });
    const headers = { ...request.init.headers, 'x-amz-meta-owner': 'someone else' };
    const response = await fetch(request.url, { ...request.init, headers });
    expect([response.status, errorCode(await response.text())]).toEqual([403, 'AccessDenied']);
    await absent('extra');
  });

  test('without a signature is anonymous, and gets nothing', async () => {
    const response = await fetch(`${endpoint.url}/${Bucket}/anything`);
    expect([response.status, errorCode(await response.text())]).toEqual([403, 'AccessDenied']);
  });
});

describe('a body in signed chunks', () => {
  const chunks = ['a'.repeat(65_536), 'b'.repeat(8192), 'end'];
  const send = async (Key: string, options: Parameters<typeof signChunks>[2], tamper?: (body: string) => string) => {
    const request = signChunks(endpoint, { path: `/${Bucket}/${Key}`, chunks }, options);
    const response = await fetch(request.url, { ...request.init, body: tamper ? tamper(request.body) : request.body });
    return [response.status, errorCode(await response.text())];
  };

  test('is put together again', async () => {
    expect(await send('chunks', {})).toEqual([200, '']);
    expect(await text('chunks')).toBe(chunks.join(''));
  });

  test('may end in a signed checksum', async () => {
    expect(await send('trailing', { trailer: true })).toEqual([200, '']);
    expect(await text('trailing')).toBe(chunks.join(''));
    const wrong = { trailer: true, checksum: createHash('sha256').update('other').digest('base64') };
    expect(await send('trailing-wrong', wrong)).toEqual([400, 'BadDigest']);
    await absent('trailing-wrong');
  });

  test('is refused when a byte of a chunk, a trailer or its framing changes', async () => {
    expect(await send('t1', {}, (body) => body.replace('bbbb', 'bbcb'))).toEqual([403, 'SignatureDoesNotMatch']);
    const unsigned = (body: string) => body.replace(/;chunk-signature=[0-9a-f]{64}/, '');
    expect((await send('t2', {}, unsigned))[0]).toBeGreaterThanOrEqual(400);
    const sum = createHash('sha256').update(chunks.join('')).digest('base64');
    const other = createHash('sha256').update('other').digest('base64');
    expect((await send('t3', { trailer: true }, (body) => body.replace(sum, other)))[0]).toBeGreaterThanOrEqual(400);
    expect((await send('t4', {}, (body) => body.slice(0, -86)))[0]).toBeGreaterThanOrEqual(400);
    for (const key of ['t1', 't2', 't3', 't4']) await absent(key);
  });

  test('is refused when chunks are left out, or are too small', async () => {
    const cut = (body: string) => body.replace(/2000;chunk-signature=[0-9a-f]{64}\r\nb+\r\n/, '');
    expect((await send('t5', {}, cut))[0]).toBe(403);
    const request = signChunks(endpoint, { path: `/${Bucket}/t6`, chunks: ['small', 'small too'] }, {});
    const response = await fetch(request.url, { ...request.init, body: request.body });
    expect(errorCode(await response.text())).toBe('InvalidChunkSizeError');
    for (const key of ['t5', 't6']) await absent(key);
  });

  test('may go unsigned with a checksum behind it', async () => {
    const body = 'u'.repeat(10_000);
    const trailer = (value: string) => `2710\r\n${body}\r\n0\r\nx-amz-checksum-sha256:${value}\r\n\r\n`;
    const sha = createHash('sha256').update(body).digest('base64');
    const put = async (Key: string, framed: string) => {
      const request = signRequest(endpoint, {
        method: 'PUT',
        path: `/${Bucket}/${Key}`,
        payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        headers: {
          'content-encoding': 'aws-chunked',
          'x-amz-decoded-content-length': '10000',
          'x-amz-trailer': 'x-amz-checksum-sha256',
        },
      });
      const response = await fetch(request.url, { ...request.init, body: framed });
      return [response.status, errorCode(await response.text())];
    };
    expect(await put('unsigned', trailer(sha))).toEqual([200, '']);
    expect(await text('unsigned')).toBe(body);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'unsigned', ChecksumMode: 'ENABLED' }));
    expect([head.ChecksumSHA256, head.ContentEncoding]).toEqual([sha, undefined]);
    expect(await put('unsigned-bad', trailer(createHash('sha256').digest('base64')))).toEqual([400, 'BadDigest']);
    expect((await put('unsigned-bad', `2710\r\n${body}\r\n0\r\n\r\n`))[0]).toBe(400);
    await absent('unsigned-bad');
  });
});

describe('a presigned URL', () => {
  test('reads, with headers of its own choosing', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'văn bản.pdf', Body: 'pdf', ContentType: 'application/pdf' }));
    const command = new GetObjectCommand({
      Bucket,
      Key: 'văn bản.pdf',
      ResponseContentDisposition: 'attachment; filename="vb.pdf"',
      ResponseCacheControl: 'no-store',
    });
    const response = await fetch(await getSignedUrl(s3, command, { expiresIn: 60 }));
    expect(await response.text()).toBe('pdf');
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="vb.pdf"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const range = await fetch(await getSignedUrl(s3, command, { expiresIn: 60 }), { headers: { range: 'bytes=0-0' } });
    expect([range.status, await range.text()]).toEqual([206, 'p']);
  });

  test('writes what was signed', async () => {
    // Else the SDK signs the checksum of the empty body it sees, which S3 then holds the real body to.
    const plain = endpoint.client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const url = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key: 'presigned' }), { expiresIn: 60 });
    expect((await fetch(url, { method: 'PUT', body: 'by browser' })).status).toBe(200);
    expect(await text('presigned')).toBe('by browser');
  });

  test('is refused for another method, key or version, after its time, or longer than a week', async () => {
    const signed = (options: object) => getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'presigned' }), options);
    const url = await signed({ expiresIn: 60 });
    const code = async (target: string, init?: RequestInit) => {
      const response = await fetch(target, init);
      return [response.status, errorCode(await response.text())];
    };
    expect(await code(url, { method: 'DELETE' })).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await code(url.replace('presigned?', 'other?'))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await code(`${url}&versionId=null`)).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await code(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'))).toEqual([403, 'SignatureDoesNotMatch']);
    const past = new Date(Date.now() - 120_000);
    expect(await code(await signed({ expiresIn: 60, signingDate: past }))).toEqual([403, 'AccessDenied']);
    expect(await code(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'))).toEqual([
      400,
      'AuthorizationQueryParametersError',
    ]);
  });
});

test('a client that leaves in the middle of an upload leaves nothing behind', async () => {
  const { init, url } = signRequest(endpoint, {
    method: 'PUT',
    path: `/${Bucket}/aborted`,
    payloadHash: 'UNSIGNED-PAYLOAD',
    headers: { 'content-length': '100000' },
  });
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = Object.entries({ ...init.headers, host }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`PUT /${Bucket}/aborted HTTP/1.1\r\n${head.join('')}\r\n`);
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(50_000), () => resolve()));
  socket.destroy();
  await once(socket, 'close');
  await absent('aborted');
  // The key is free and not held up by what was cut short.
  await s3.send(new PutObjectCommand({ Bucket, Key: 'aborted', Body: 'whole', IfNoneMatch: '*' }));
  expect(await text('aborted')).toBe('whole');
});

test('the signer of these tests agrees with the published example', () => {
  // AWS General Reference, "Deriving the signing key": an independent anchor for what the tests sign with.
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const key = ['20120215', 'us-east-1', 'iam', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    'AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  );
  expect((key as Buffer).toString('hex')).toBe('f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d');
});

import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../../../local/sigv4/canonical-request.ts';
import { findSignature } from '../../../local/sigv4/signature.ts';
import { verifyRequest } from '../../../local/sigv4/verify-request.ts';

// The examples of the Amazon S3 API Reference ("Signature calculations", header, chunks and query).
const secret = { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const at = Date.parse('2013-05-24T00:00:00Z');
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';

const authorization = (signed: string, signature: string) =>
  `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=${signature}`;

const getObject: SignedRequest = {
  method: 'GET',
  path: '/test.txt',
  query: '',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': '20130524T000000Z',
    authorization: authorization(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  },
};

function verdict(
  request: SignedRequest,
  payloadHash: string,
  now = at,
  credentials: typeof secret | undefined = secret,
) {
  const found = findSignature(request);
  if (found.kind !== 'signature') return found.kind;
  const verified = verifyRequest(request, found.signature, credentials, payloadHash, now);
  return verified.valid ? 'valid' : verified.fault;
}

describe('the published examples', () => {
  test('GET with a range', () => {
    expect(verdict(getObject, EMPTY)).toBe('valid');
  });

  test('PUT with a key that needs encoding', () => {
    const hash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const request: SignedRequest = {
      method: 'PUT',
      path: '/test%24file.text',
      query: '',
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        host: 'examplebucket.s3.amazonaws.com',
        'x-amz-content-sha256': hash,
        'x-amz-date': '20130524T000000Z',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        authorization: authorization(
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
      },
    };
    expect(verdict(request, hash)).toBe('valid');
    // Sent without the encoding it is the same key.
    expect(verdict({ ...request, path: '/test$file.text' }, hash)).toBe('valid');
  });

  test('a sub-resource without a value', () => {
    const headers = {
      ...getObject.headers,
      authorization: authorization(
        'host;x-amz-content-sha256;x-amz-date',
        'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      ),
    };
    expect(verdict({ ...getObject, path: '/', query: 'lifecycle', headers }, EMPTY)).toBe('valid');
  });

  test('a presigned URL', () => {
    const query = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      `X-Amz-Credential=${encodeURIComponent(scope)}`,
      'X-Amz-Date=20130524T000000Z',
      'X-Amz-Expires=86400',
      'X-Amz-SignedHeaders=host',
      'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ].join('&');
    const request = { ...getObject, query, headers: { host: 'examplebucket.s3.amazonaws.com' } };
    expect(verdict(request, 'UNSIGNED-PAYLOAD')).toBe('valid');
    expect(verdict(request, 'UNSIGNED-PAYLOAD', at + 86_400_000)).toBe('valid');
    expect(verdict(request, 'UNSIGNED-PAYLOAD', at + 86_401_000)).toBe('expired');
    expect(verdict(request, 'UNSIGNED-PAYLOAD', at - 16 * 60_000)).toBe('skewed');
  });
});

describe('a request is refused', () => {
  const changed = (more: Partial<SignedRequest>) => verdict({ ...getObject, ...more }, EMPTY);
  const header = (name: string, value: string) => changed({ headers: { ...getObject.headers, [name]: value } });

  test('when anything that was signed changes', () => {
    expect(changed({ method: 'DELETE' })).toBe('mismatch');
    expect(changed({ path: '/test.txt2' })).toBe('mismatch');
    expect(changed({ path: '/../test.txt' })).toBe('mismatch');
    expect(changed({ query: 'versionId=1' })).toBe('mismatch');
    expect(header('range', 'bytes=0-10')).toBe('mismatch');
    expect(header('host', 'other.s3.amazonaws.com')).toBe('mismatch');
    expect(verdict(getObject, EMPTY.replace('e', 'f'))).toBe('mismatch');
  });

  test('when an x-amz header is not signed', () => {
    expect(header('x-amz-acl', 'public-read')).toBe('unsigned-header');
  });

  test('more than fifteen minutes off the clock', () => {
    expect(verdict(getObject, EMPTY, at + 15 * 60_000)).toBe('valid');
    expect(verdict(getObject, EMPTY, at + 15 * 60_000 + 1)).toBe('skewed');
    expect(verdict(getObject, EMPTY, at - 15 * 60_000 - 1)).toBe('skewed');
  });

  test('without credentials, or with those of a session it does not name', () => {
    const found = findSignature(getObject);
    if (found.kind !== 'signature') throw new Error('no signature');
    const check = (credentials: { secretAccessKey: string; sessionToken?: string } | undefined) => {
      const verified = verifyRequest(getObject, found.signature, credentials, EMPTY, at);
      return verified.valid || verified.fault;
    };
    expect(check(undefined)).toBe('unknown-key');
    expect(check({ ...secret, sessionToken: 't' })).toBe('wrong-token');
  });

  test.each([
    ['Basic abc'],
    ['AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0'],
    [authorization('host', 'short')],
    [authorization('range', 'f'.repeat(64))],
    [authorization('host', 'f'.repeat(64)).replace('20130524', '20130525')],
    [authorization('host', 'f'.repeat(64)).replace('aws4_request', 'aws3_request')],
  ])('when its authorization reads %s', (value) => {
    expect(header('authorization', value)).toBe('malformed');
  });
});

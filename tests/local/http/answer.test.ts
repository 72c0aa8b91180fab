import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../local/http/answer.ts';
import { claimTexts } from '../../../local/http/jwt-authorizer.ts';
import { TokenBucket } from '../../../local/http/throttle.ts';

const shown = (value: unknown) => {
  const answer = readAnswer(value);
  return answer && { ...answer, body: answer.body.toString() };
};
const json = { 'content-type': 'application/json' };

describe('what a function returns', () => {
  it.each<[string, unknown, object | undefined]>([
    ['an object is a JSON body', { a: 1 }, { status: 200, headers: json, cookies: [], body: '{"a":1}' }],
    ['a text is a body as it is', 'hi', { status: 200, headers: json, cookies: [], body: 'hi' }],
    ['a status alone has no body', { statusCode: 204 }, { status: 204, headers: {}, cookies: [], body: '' }],
    [
      'header names become lower case and values text',
      { statusCode: '201', headers: { 'X-Count': 3, 'Content-Type': 'text/html' }, body: 'x' },
      { status: 201, headers: { 'x-count': '3', 'content-type': 'text/html' }, cookies: [], body: 'x' },
    ],
    [
      'base64 is decoded',
      { statusCode: 200, body: 'eA==', isBase64Encoded: true, cookies: ['a=b'] },
      { status: 200, headers: { 'content-type': 'text/plain;charset=UTF-8' }, cookies: ['a=b'], body: 'x' },
    ],
    ['a body that is no text is malformed', { statusCode: 200, body: { a: 1 } }, undefined],
    ['a status that is none is malformed', { statusCode: 'ok' }, undefined],
  ])('%s', (_name, value, expected) => {
    expect(shown(value)).toEqual(expected);
  });
});

it('claims reach a function as text', () => {
  const claims = { sub: 'an', exp: 1764000000, email_verified: true, 'cognito:groups': ['operator', 'x y'] };
  expect(claimTexts(claims)).toEqual({
    sub: 'an',
    exp: '1764000000',
    email_verified: 'true',
    'cognito:groups': '[operator x y]',
  });
});

it('a token bucket gives a burst, then its rate', () => {
  const bucket = new TokenBucket(2, 3, 0);
  const takes = (now: number, times: number) => Array.from({ length: times }, () => bucket.take(now));
  expect(takes(0, 4)).toEqual([true, true, true, false]);
  expect(takes(500, 2)).toEqual([true, false]);
  expect(takes(60_000, 4)).toEqual([true, true, true, false]);
});

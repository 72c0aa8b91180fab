import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ApiEvent, api } from '../../../../functions/http/api.ts';
import { readClaims } from '../../../../functions/http/claims.ts';
import { bind, bindPublic, defineRoute } from '../../../../functions/http/route.ts';
import type { Actor } from '../../../../lib/access/actor.ts';
import { ProblemError } from '../../../../lib/platform/errors.ts';
import type { KeptAnswer, RequestStamp } from '../../../../lib/requests/request-stamp.ts';

const create = defineRoute({
  operationId: 'createThing',
  method: 'POST',
  path: '/api/things/{id}',
  tag: 'things',
  summary: 'A thing',
  access: 'signed-in',
  params: z.object({ id: z.string().max(5) }),
  body: z.strictObject({ names: z.array(z.string().min(2)) }),
  answer: { status: 201, schema: z.object({ id: z.string(), by: z.string() }), description: 'Made' },
  problems: ['invalid_state'],
});
const read = defineRoute({
  operationId: 'readThing',
  method: 'GET',
  path: '/api/things/{id}',
  tag: 'things',
  summary: 'A thing',
  access: 'public',
  params: z.object({ id: z.string() }),
  answer: { status: 200, schema: z.object({ id: z.string() }), description: 'It' },
  problems: [],
});

/** An address that has asked too often. */
const CROWDED = '203.0.113.9';

function handler(run: (id: string) => void = () => {}) {
  const kept = new Map<string, { stamp: RequestStamp; answer: KeptAnswer }>();
  const logged: unknown[] = [];
  const counted: string[] = [];
  const handle = api(
    {
      clock: { now: () => 0 },
      log: { event: (...entry) => logged.push(entry), failure: (...entry) => logged.push(entry) },
      requests: {
        earlier: async (stamp) => {
          const found = kept.get(stamp.key);
          if (found && found.stamp.fingerprint !== stamp.fingerprint) throw new ProblemError('idempotency_key_reused');
          return found?.answer;
        },
      },
      backOff: async () => {},
      admit: async (act, event) => {
        counted.push(act);
        if (event.requestContext.http.sourceIp === CROWDED) {
          throw new ProblemError('too_many_requests', { retryAfter: 7 });
        }
      },
      actorOf: async (claims) =>
        ({
          personId: claims.sub,
          name: claims.name,
          operator: claims.groups.includes('operator'),
          assignments: [],
        }) as unknown as Actor,
    },
    [
      bind(create, async ({ params, actor, stamp }) => {
        run(params.id);
        const body = { id: params.id, by: actor.personId };
        kept.set(stamp.key, { stamp, answer: { status: 201, body } });
        return body;
      }),
      bindPublic(read, async ({ params }) => params),
    ],
  );
  const call = async (overrides: Partial<ApiEvent> & { method?: string; path?: string }) => {
    const path = overrides.path ?? '/api/things/a';
    const event = {
      rawPath: path,
      version: '2.0',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'key-00001' },
      requestContext: {
        http: { method: overrides.method ?? 'POST', path },
        authorizer: {
          jwt: { claims: { sub: 'p1', name: 'N', token_use: 'id', 'cognito:groups': '[operator other]' } },
        },
      },
      body: '{"names":["ab"]}',
      ...overrides,
    } as unknown as ApiEvent;
    const answer = await handle(event, { awsRequestId: 'r1' } as Context);
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body ?? 'null') };
  };
  return { call, logged, counted };
}

const withoutKey = { 'content-type': 'application/json' };

describe('an API function', () => {
  it('parses, runs and answers', async () => {
    const { status, body } = await handler().call({});
    expect({ status, body }).toEqual({ status: 201, body: { id: 'a', by: 'p1' } });
  });

  it('gives the same answer to a repeated key, and refuses the key for another body', async () => {
    let runs = 0;
    const { call } = handler(() => runs++);
    await call({});
    expect((await call({})).status).toBe(201);
    expect(runs).toBe(1);
    expect((await call({ body: '{"names":["cd"]}' })).body.code).toBe('idempotency_key_reused');
  });

  it.each([
    ['no key', { headers: withoutKey }, 400, 'idempotency_key_missing', 'Idempotency-Key'],
    [
      'a key of the wrong shape',
      { headers: { ...withoutKey, 'idempotency-key': 'a b' } },
      422,
      'invalid_field',
      'Idempotency-Key',
    ],
    ['no JSON', { body: '{' }, 400, 'bad_request', 'body'],
    [
      'broken UTF-8',
      { body: Buffer.from([0x7b, 0xff]).toString('base64'), isBase64Encoded: true },
      400,
      'bad_request',
      'body',
    ],
    ['half a character', { body: '{"names":["a\\ud800b"]}' }, 400, 'bad_request', 'body'],
    ['arrays without end', { body: '['.repeat(2_000_000) }, 400, 'bad_request', 'body'],
    [
      'another media type',
      { headers: { ...withoutKey, 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
      undefined,
    ],
    ['a field that is wrong', { body: '{"names":["ab","c"]}' }, 422, 'invalid_field', 'names[1]'],
    ['a field nobody asked for', { body: '{"names":[],"more":1}' }, 422, 'invalid_field', 'body'],
    ['a path parameter that is wrong', { path: '/api/things/abcdefgh' }, 422, 'invalid_field', 'id'],
    ['a route that does not exist', { path: '/api/nothing' }, 404, 'not_found', undefined],
  ])('answers %s with its code', async (_, overrides, status, code, field) => {
    const answer = await handler(() => {
      throw new Error('must not run');
    }).call(overrides as never);
    expect(answer.headers?.['content-type']).toBe('application/problem+json');
    expect(answer).toMatchObject({ status, body: { code, status, instance: 'urn:request:r1' } });
    expect(answer.body.field).toBe(field);
  });

  it('stays shut where its authorizer was forgotten', async () => {
    const answer = await handler().call({
      requestContext: { http: { method: 'POST', path: '/api/things/a' } },
    } as never);
    expect(answer).toMatchObject({ status: 401, body: { code: 'missing_token' } });
  });

  it('says nothing about an error nobody foresaw, and logs it', async () => {
    const { call, logged } = handler(() => {
      throw new Error('table xyz is on fire');
    });
    const answer = await call({});
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(answer.body)).not.toContain('fire');
    expect(logged).toHaveLength(1);
  });

  it('serves a public route to anyone', async () => {
    const answer = await handler().call({
      method: 'GET',
      requestContext: { http: { method: 'GET', path: '/api/things/a' } },
    } as never);
    expect(answer).toMatchObject({ status: 200, body: { id: 'a' } });
  });

  it('counts callers of public routes, and tells those who ask too often when to come again', async () => {
    const { call, counted } = handler();
    const from = (sourceIp: string) =>
      call({ method: 'GET', requestContext: { http: { method: 'GET', path: '/api/things/a', sourceIp } } } as never);
    expect((await from('203.0.113.8')).headers?.['retry-after']).toBeUndefined();
    const refused = await from(CROWDED);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(refused.headers?.['retry-after']).toBe('7');
    await call({});
    expect(counted).toEqual(['look-up', 'look-up']);
  });
});

describe('who is calling', () => {
  const claims = (overrides: object) =>
    readClaims({
      requestContext: { authorizer: { jwt: { claims: { sub: 'p1', token_use: 'id', ...overrides } } } },
    } as never);

  it('is told by an ID token alone', () => {
    for (const token_use of ['access', undefined, '']) expect(() => claims({ token_use })).toThrow('missing_token');
  });

  it('is in the groups that are named as such, and in none that merely contains a name', () => {
    expect(claims({ 'cognito:groups': '[operator other]' }).groups).toContain('operator');
    for (const groups of ['[x,operator]', '[operators]', '[[operator]]', 'operator,x', '[my-operator]'])
      expect(claims({ 'cognito:groups': groups }).groups).not.toContain('operator');
  });

  it('has an address only when that was verified', () => {
    expect(claims({ email: 'a@example.vn', email_verified: 'false' }).email).toBeUndefined();
    expect(claims({ email: 'a@example.vn', email_verified: 'true' }).email).toBe('a@example.vn');
  });
});

it('an escaped backslash before a code is ordinary text', async () => {
  expect((await handler().call({ body: '{"names":["\\\\\\\\ud800 \\u0041"]}' })).status).toBe(201);
});

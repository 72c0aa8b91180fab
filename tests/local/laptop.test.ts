import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesizeFixture } from './fixture/assembly.ts';
import { type Issuer, startIssuer } from './fixture/issuer.ts';
import { type Laptop, startFixture, temporaryState } from './fixture/laptop.ts';

let fixture: ReturnType<typeof synthesizeFixture>;
let issuer: Issuer;
let laptop: Laptop;
const state = temporaryState();

beforeAll(async () => {
  fixture = synthesizeFixture();
  issuer = await startIssuer();
  laptop = await startFixture({ assemblyDir: fixture.assemblyDir, stateDir: state.dir }, issuer.url);
});

afterAll(async () => {
  await laptop?.stack.stop();
  issuer?.close();
  fixture?.remove();
  state.remove();
});

const call = (path: string, init?: RequestInit) => fetch(laptop.stack.apiUrl + path, init);

async function postNote(id: string, text: string): Promise<Response> {
  const authorization = `Bearer ${await issuer.token()}`;
  return call('/notes', { method: 'POST', headers: { authorization }, body: JSON.stringify({ id, text }) });
}

async function filed(id: string): Promise<string | undefined> {
  try {
    const found = await laptop.s3.send(
      new GetObjectCommand({ Bucket: laptop.physical('Bucket'), Key: `notes/${id}.txt` }),
    );
    return await found.Body?.transformToString();
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

async function marks(name: string): Promise<number> {
  const Key = { pk: { S: `mark#${name}` }, sk: { S: 'mark' } };
  const { Item } = await laptop.dynamodb.send(new GetItemCommand({ TableName: laptop.physical('Table'), Key }));
  return Number(Item?.times?.N ?? 0);
}

async function waiting(queue: string): Promise<number> {
  const QueueUrl = laptop.physical(queue);
  const { Attributes } = await laptop.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

describe('a request and what follows it', () => {
  it('goes from HTTP to the table, over stream and queue, into the bucket', async () => {
    const answer = await postNote('1', 'xin chào');
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ id: '1', owner: 'an' });
    await laptop.stack.idle();
    expect(await filed('1')).toBe('xin chào');
    expect(laptop.said('filed notes/1.txt')).toHaveLength(1);
  });

  it('hands over only records that pass the filter', async () => {
    const before = laptop.stack.calls.of(laptop.stack.functions.id('Relay3')).length;
    const Item = { pk: { S: 'other#1' }, sk: { S: 'other' }, entity: { S: 'Other' }, text: { S: 'quiet' } };
    await laptop.dynamodb.send(new PutItemCommand({ TableName: laptop.physical('Table'), Item }));
    await laptop.stack.idle();
    expect(laptop.stack.calls.of(laptop.stack.functions.id('Relay3'))).toHaveLength(before);
  });

  it('leaves what failed in the queue until it is tried again, and puts it aside after three tries', async () => {
    await postNote('2', 'unfit');
    await laptop.stack.idle();
    expect(await waiting('NotesDead')).toBe(0);
    await laptop.stack.advance(30_000);
    expect(await waiting('NotesDead')).toBe(0);
    await laptop.stack.advance(60_000);
    expect(await waiting('NotesDead')).toBe(1);
    expect(await filed('2')).toBeUndefined();
  });

  it('gives up a record of the stream after its retries and goes on with the next', async () => {
    await postNote('3', 'poison');
    await postNote('4', 'sound');
    await laptop.stack.idle();
    expect(await filed('4')).toBeUndefined();
    await laptop.stack.advance(60_000);
    expect(await filed('4')).toBe('sound');
    const { Messages } = await laptop.sqs.send(new ReceiveMessageCommand({ QueueUrl: laptop.physical('GivenUp') }));
    const given = JSON.parse(Messages?.[0]?.Body ?? '{}') as Record<string, Record<string, unknown>>;
    expect(given.requestContext).toMatchObject({ condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 });
    expect(given.DDBStreamBatchInfo).toMatchObject({ batchSize: 1 });
  });

  it('carries on after a worker is killed between a call and its answer', async () => {
    const archive = laptop.stack.functions.id('Archive');
    const fault = laptop.stack.faults.killAfterCall({ functionId: archive, call: 1 });
    await postNote('5', 'twice');
    await laptop.stack.idle();
    expect(fault.fired).toBe(true);
    // The object is there, the function never heard of it: the message is still in the queue.
    expect(await filed('5')).toBe('twice');
    expect(laptop.said('filed notes/5.txt')).toHaveLength(0);
    await laptop.stack.advance(30_000);
    expect(laptop.said('filed notes/5.txt')).toHaveLength(1);
  });

  it('counts the AWS calls of each function, with capacity units', async () => {
    laptop.stack.calls.reset();
    await postNote('6', 'counted');
    await laptop.stack.idle();
    const { calls } = laptop.stack;
    expect(calls.totals().operations).toEqual({ 'dynamodb:PutItem': 1, 'sqs:SendMessage': 1, 's3:PutObject': 1 });
    expect(calls.totals(calls.of(laptop.stack.functions.id('Api')))).toMatchObject({ calls: 1, writeUnits: 1 });
  });
});

describe('other events', () => {
  it('tells the queue of a bucket about new objects, and of its own configuration once', async () => {
    const Bucket = laptop.physical('Inbox');
    await laptop.s3.send(new PutObjectCommand({ Bucket, Key: 'in/đơn.txt', Body: 'x' }));
    await laptop.s3.send(new PutObjectCommand({ Bucket, Key: 'out/other.txt', Body: 'x' }));
    await laptop.stack.idle();
    expect(await marks('ObjectCreated:Put in/đơn.txt')).toBe(1);
    expect(await marks('ObjectCreated:Put out/other.txt')).toBe(0);
    expect(await marks('s3:TestEvent')).toBe(1);
  });

  it('hands events of the bus to the queue of a matching rule', async () => {
    await laptop.stack.publish({ source: 'aws.ses', detailType: 'Email Sent', detail: {} });
    await laptop.stack.publish({ source: 'aws.ses', detailType: 'Email Bounced', detail: {} });
    await laptop.stack.idle();
    expect(await marks('Email Sent')).toBe(1);
    expect(await marks('Email Bounced')).toBe(0);
  });

  it('runs a schedule each time it falls due', async () => {
    const before = await marks('schedule');
    await laptop.stack.advance(15 * 60_000);
    expect((await marks('schedule')) - before).toBe(3);
  });
});

describe('an environment', () => {
  it('shows a function only its own variables, and is used again', async () => {
    const first = (await (await call('/environment')).json()) as { names: string[]; invocations: number };
    const second = (await (await call('/environment')).json()) as { invocations: number };
    expect(first.names).toEqual(
      expect.arrayContaining(['TABLE_NAME', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'LAMBDA_TASK_ROOT']),
    );
    expect(first.names).not.toContain('HOME');
    expect(first.names).not.toContain('BUCKET');
    expect(second.invocations).toBe(first.invocations + 1);
  });

  it("lives on the laptop's clock", async () => {
    const { now } = (await (await call('/environment')).json()) as { now: number };
    expect(Math.abs(now - laptop.stack.clock.now())).toBeLessThan(60_000);
    expect(now - Date.now()).toBeGreaterThan(10 * 60_000);
  });

  it('is ended at the timeout, and the next call gets a new one', async () => {
    const slow = await call('/slow');
    expect(slow.status).toBe(500);
    expect(await slow.json()).toEqual({ message: 'Internal Server Error' });
    expect(laptop.said('Task timed out after 2.00 seconds')).not.toHaveLength(0);
    const next = (await (await call('/environment')).json()) as { invocations: number };
    expect(next.invocations).toBe(1);
  });

  it('reports its initialisation', () => {
    const starts = laptop.stack.functions.coldStarts();
    expect(new Set(starts.map((start) => start.functionId)).size).toBe(4);
    for (const { initMs, totalMs } of starts) expect(totalMs).toBeGreaterThan(initMs);
  });
});

describe('the HTTP API', () => {
  it('hands over the event in payload format 2.0', async () => {
    const answer = await call('/echo/a%20b?x=1&y=2&x=3', { headers: { cookie: 'a=b; c=d', 'X-Two': 'v' } });
    const { event, context } = (await answer.json()) as {
      event: Record<string, unknown>;
      context: Record<string, unknown>;
    };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /echo/{id}',
      rawPath: '/echo/a b',
      rawQueryString: 'x=1&y=2&x=3',
      queryStringParameters: { x: '1,3', y: '2' },
      cookies: ['a=b', 'c=d'],
      pathParameters: { id: 'a b' },
      headers: { 'x-two': 'v', 'x-forwarded-proto': 'https' },
      requestContext: {
        accountId: '000000000000',
        stage: '$default',
        http: { method: 'GET', path: '/echo/a b', sourceIp: '127.0.0.1' },
      },
      isBase64Encoded: false,
    });
    expect(event).not.toHaveProperty('body');
    expect(context).toMatchObject({ functionVersion: '$LATEST', memoryLimitInMB: '256' });
  });

  it('encodes binary bodies and leaves text alone', async () => {
    const send = async (type: string, body: Uint8Array<ArrayBuffer>) => {
      const answer = await call('/echo/1', { method: 'POST', headers: { 'content-type': type }, body });
      return ((await answer.json()) as { event: { body: string; isBase64Encoded: boolean } }).event;
    };
    expect(await send('application/pdf', Buffer.from([0xff, 0]))).toMatchObject({
      body: '/wA=',
      isBase64Encoded: true,
    });
    expect(await send('application/problem+json', Buffer.from('{}'))).toMatchObject({
      body: '{}',
      isBase64Encoded: false,
    });
  });

  it('writes cookies and binary answers', async () => {
    const answer = await call('/cookies');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0, 1, 2]);
  });

  it('throttles a route at its own rate', async () => {
    const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await call('/cookies')).status));
    expect(statuses).toContain(429);
  });

  it('answers 404 where there is no route and 500 where the function fails', async () => {
    expect((await call('/nowhere')).status).toBe(404);
    expect((await call('/environment', { method: 'DELETE' })).status).toBe(404);
    expect((await call('/broken')).status).toBe(500);
  });

  it('refuses bodies over ten megabytes, and events over six', async () => {
    const send = async (size: number) =>
      (
        await call('/echo/1', {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body: Buffer.alloc(size, 'x'),
        })
      ).status;
    expect(await send(10 * 1024 * 1024 + 1)).toBe(413);
    expect(await send(6 * 1024 * 1024)).toBe(413);
  });

  it('answers preflights and adds CORS headers for allowed origins alone', async () => {
    const preflight = (origin: string) =>
      call('/notes', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
    const allowed = await preflight('https://portal.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://portal.example');
    expect(allowed.headers.get('access-control-max-age')).toBe('3600');
    expect((await preflight('https://other.example')).headers.has('access-control-allow-origin')).toBe(false);
    const answer = await call('/notes', { method: 'POST', headers: { origin: 'https://portal.example' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-expose-headers')).toBe('location');
  });
});

describe('the JWT authorizer', () => {
  const status = async (token: string | undefined) =>
    (await call('/notes/1', token ? { headers: { authorization: `Bearer ${token}` } } : {})).status;

  it('lets a sound token in', async () => {
    // Tests above moved the laptop's clock, and the issuer keeps the machine's.
    const exp = Math.floor(laptop.stack.clock.now() / 1000) + 60;
    expect(await status(await issuer.token({ exp }))).toBe(200);
  });

  it('refuses a missing, foreign, expired, misdirected or altered token', async () => {
    const exp = Math.floor(laptop.stack.clock.now() / 1000) + 60;
    expect(await status(undefined)).toBe(401);
    expect(await status('nonsense')).toBe(401);
    expect(await status(await issuer.token({ exp, iss: 'https://other.example' }))).toBe(401);
    expect(await status(await issuer.token({ exp: exp - 120 }))).toBe(401);
    expect(await status(await issuer.token({ exp, aud: 'other' }))).toBe(401);
    const [header, , signature] = (await issuer.token({ exp })).split('.');
    const forged = Buffer.from(JSON.stringify({ iss: issuer.url, aud: 'fixture', exp, sub: 'eve' })).toString(
      'base64url',
    );
    expect(await status(`${header}.${forged}.${signature}`)).toBe(401);
  });
});

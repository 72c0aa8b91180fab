import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type AwsCall,
  type CallObserver,
  type Decision,
  type Gateway,
  startGateway,
} from '../../local/gateway/gateway.ts';
import type { AwsService, Permission, Principal } from '../../local/gateway/service.ts';
import { createS3, type S3Service } from '../../local/services/s3/s3.ts';
import { errorCode, refusal, systemClock } from './s3-endpoint.ts';
import { signRequest } from './signer.ts';

const region = 'ap-southeast-1';
const principal: Principal = { arn: 'arn:aws:sts::000000000000:assumed-role/R/fn', roleId: 'R', functionId: 'Fn' };
const secret = { secretAccessKey: 'secret', sessionToken: 'session', principal };
const credentials = { accessKeyId: 'ASIAROLE', secretAccessKey: 'secret', sessionToken: 'session' };

/** A JSON service that answers with what it was given. */
const echo: AwsService = {
  name: 'sqs',
  signingNames: ['sqs'],
  streams: false,
  permissions: async () => [{ action: 'sqs:ListQueues', resource: '*' }],
  handle: async (request) => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ QueueUrls: [Buffer.from(request.payload ?? []).toString(), request.principal.arn] }),
  }),
  error: (code, message, status) => ({
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: code, message }),
  }),
};

let dir: string;
let s3: S3Service;
let gateway: Gateway;
let client: S3Client;
let sqs: SQSClient;
let denies: (permission: Permission) => boolean = () => false;
const stop: (() => void)[] = [];
const failures: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gateway-'));
  s3 = await createS3({ dir, clock: systemClock, region, accountId: '000000000000' });
  await s3.admin.createBucket('docs', {});
  gateway = await startGateway({
    port: 0,
    services: [s3, echo],
    credentials: { find: (id) => (id === credentials.accessKeyId ? secret : undefined) },
    authorize: (_principal, permissions): Decision => {
      const missing = permissions.find((permission) => denies(permission));
      return missing ? { allowed: false, missing, reason: 'no policy allows it' } : { allowed: true };
    },
    clock: systemClock,
    region,
    onFailure: (message) => void failures.push(message),
  });
  client = new S3Client({ endpoint: gateway.url, region, credentials, maxAttempts: 1 });
  sqs = new SQSClient({ endpoint: gateway.url, region, credentials, maxAttempts: 1 });
});
afterEach(() => {
  for (const end of stop.splice(0)) end();
  denies = () => false;
});
afterAll(async () => {
  client.destroy();
  sqs.destroy();
  await gateway.close();
  await s3.close();
  await rm(dir, { recursive: true, force: true });
});

const observe = (observer: CallObserver) => stop.push(gateway.observe(observer));
const put = (Key: string, Body = 'body') => client.send(new PutObjectCommand({ Bucket: 'docs', Key, Body }));
const read = async (Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: 'docs', Key }))).Body?.transformToString();

describe('the gateway', () => {
  test('finds the service by the credential scope', async () => {
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'in' }));
    expect(QueueUrls).toEqual(['{"QueueNamePrefix":"in"}', principal.arn]);
    await put('a');
    expect(await read('a')).toBe('body');
    const dynamo = new DynamoDBClient({ endpoint: gateway.url, region, credentials, maxAttempts: 1 });
    const call = dynamo.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
    await expect(call).rejects.toThrow(/no AWS service with the signing name "dynamodb"/);
    dynamo.destroy();
  });

  test('refuses in the words of each protocol', async () => {
    const wrong = { ...credentials, secretAccessKey: 'wrong' };
    const unknown = { ...credentials, accessKeyId: 'ASIAOTHER' };
    const foreign = { ...credentials, sessionToken: 'other' };
    const asSqs = async (who: typeof credentials) => {
      const other = new SQSClient({ endpoint: gateway.url, region, credentials: who, maxAttempts: 1 });
      const found = await refusal(other.send(new ListQueuesCommand({})));
      other.destroy();
      return found[0];
    };
    expect(await asSqs(wrong)).toBe('InvalidSignatureException');
    expect(await asSqs(unknown)).toBe('UnrecognizedClientException');
    expect(await asSqs(foreign)).toBe('UnrecognizedClientException');
    const asS3 = async (who: typeof credentials) => {
      const other = new S3Client({ endpoint: gateway.url, region, credentials: who, maxAttempts: 1 });
      const found = await refusal(other.send(new GetObjectCommand({ Bucket: 'docs', Key: 'a' })));
      other.destroy();
      return found[0];
    };
    expect(await asS3(wrong)).toBe('SignatureDoesNotMatch');
    expect(await asS3(unknown)).toBe('InvalidAccessKeyId');
    expect(await asS3(foreign)).toBe('InvalidToken');
  });

  test('checks the body of a buffered protocol', async () => {
    const signer = { url: gateway.url, region, accessKeyId: credentials.accessKeyId, secretAccessKey: 'secret' };
    const headers = { 'x-amz-target': 'AmazonSQS.ListQueues', 'x-amz-security-token': 'session' };
    const request = signRequest(signer, { method: 'POST', path: '/', service: 'sqs', body: '{"a":1}', headers });
    expect((await fetch(request.url, request.init)).status).toBe(200);
    const swapped = await fetch(request.url, { ...request.init, body: '{"a":2}' });
    expect([swapped.status, JSON.parse(await swapped.text()).__type]).toEqual([400, 'InvalidSignatureException']);
  });

  test('enforces permissions before the service sees the call, naming action and resource', async () => {
    denies = ({ action }) => action === 's3:PutObject' || action === 'sqs:ListQueues';
    const told: string[] = [];
    observe({ denied: (call, missing, reason) => void told.push(`${call.operation} ${missing.action} ${reason}`) });
    const message =
      'User: arn:aws:sts::000000000000:assumed-role/R/fn is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::docs/denied" because no policy allows it';
    await expect(put('denied')).rejects.toMatchObject({ name: 'AccessDenied', message });
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(told).toEqual([
      'PutObject s3:PutObject no policy allows it',
      'ListQueues sqs:ListQueues no policy allows it',
    ]);
    denies = () => false;
    expect((await refusal(read('denied')))[0]).toBe('NoSuchKey');
  });

  test('shows every call with its counters', async () => {
    const calls: AwsCall[] = [];
    const all = new Promise<void>((resolve) => {
      observe({
        done: (call) => {
          calls.push({ ...call });
          if (calls.length === 4) resolve();
        },
      });
    });
    await put('counted', 'x'.repeat(1000));
    await read('counted');
    await refusal(read('missing'));
    await sqs.send(new ListQueuesCommand({}));
    await all;
    // A streamed answer is told of when its last byte is out, which may be after the next call is over.
    calls.sort((a, b) => a.status - b.status || a.operation.localeCompare(b.operation));
    const shown = calls.map(({ service, operation, status, bytesIn, bytesOut }) => [
      service,
      operation,
      status,
      bytesIn,
      bytesOut > 0,
    ]);
    expect(shown).toEqual([
      ['s3', 'GetObject', 200, 0, true],
      ['sqs', 'ListQueues', 200, 2, true],
      ['s3', 'PutObject', 200, 1000, false],
      ['s3', 'GetObject', 404, 0, true],
    ]);
    expect(calls[0]?.bytesOut).toBe(1000);
    expect(calls[2]?.principal.functionId).toBe('Fn');
    expect(calls[2]?.permissions[0]).toEqual({ action: 's3:PutObject', resource: 'arn:aws:s3:::docs/counted' });
  });

  test('can hold a call back, and lose its answer after the work is done', async () => {
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    observe({
      before: async (call) => {
        order.push(`before ${call.operation}`);
        await held;
      },
      after: (call) => {
        order.push(`after ${call.operation}`);
        return call.operation === 'PutObject' ? 'drop' : 'answer';
      },
    });
    const writing = refusal(put('lost'));
    order.push('sent');
    release();
    expect((await writing)[1]).toBe(0);
    expect(order).toEqual(['sent', 'before PutObject', 'after PutObject']);
    expect(await read('lost')).toBe('body');
  });

  test('asks for a body only once its head is accepted', async () => {
    const signer = { url: gateway.url, region, accessKeyId: credentials.accessKeyId, secretAccessKey: 'secret' };
    const firstAnswer = async (secretAccessKey: string) => {
      const { init, url } = signRequest(
        { ...signer, secretAccessKey },
        {
          method: 'PUT',
          path: '/docs/asked',
          payloadHash: 'UNSIGNED-PAYLOAD',
          headers: { 'content-length': '4', 'x-amz-security-token': 'session' },
        },
      );
      const { hostname, port, host } = new URL(url);
      const socket = connect(Number(port), hostname);
      const head = Object.entries({ ...init.headers, host, expect: '100-continue' });
      socket.write(`PUT /docs/asked HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString().split('\r\n')[0];
    };
    expect(await firstAnswer('secret')).toBe('HTTP/1.1 100 Continue');
    expect(await firstAnswer('wrong')).toBe('HTTP/1.1 403 Forbidden');
    denies = ({ action }) => action === 's3:PutObject';
    expect(await firstAnswer('secret')).toBe('HTTP/1.1 403 Forbidden');
    denies = () => false;
    // The SDK asks in the same way for bodies from 2 MiB on.
    await client.send(new PutObjectCommand({ Bucket: 'docs', Key: 'large', Body: new Uint8Array(3 * 1024 * 1024) }));
  });

  test('keeps its own failures opaque', async () => {
    observe({
      before: () => {
        throw new Error('secret detail');
      },
    });
    const error = await put('broken').catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'InternalError' });
    expect(String(error)).not.toContain('secret detail');
    expect(failures.splice(0)).toEqual([expect.stringContaining('secret detail')]);
  });

  test('answers what is no AWS request at all', async () => {
    const response = await fetch(gateway.url);
    expect([response.status, errorCode(await response.text())]).toEqual([403, 'AccessDenied']);
  });
});

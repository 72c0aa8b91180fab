import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AwsRequest, LocalClock, Permission } from '../../local/gateway/service.ts';
import { type S3Event, wantsEvent } from '../../local/services/s3/event.ts';
import { createS3, type S3Service } from '../../local/services/s3/s3.ts';

// What only ours can show: restarts, crashes, permissions, events, lifecycle. Signatures are the gateway's affair.

const DAY = 86_400_000;
let dir: string;
let now: number;
let alarms: { at: number; run: () => void }[];
const clock: LocalClock = {
  now: () => now,
  at(at, run) {
    const alarm = { at, run };
    alarms.push(alarm);
    return () => {
      alarms = alarms.filter((other) => other !== alarm);
    };
  },
};
let s3: S3Service;

const open = () => createS3({ dir, clock, region: 'ap-southeast-1', accountId: '000000000000' });

beforeEach(async () => {
  now = Date.parse('2026-03-02T10:00:00Z');
  alarms = [];
  dir = await mkdtemp(join(tmpdir(), 's3-laptop-'));
  s3 = await open();
});
afterEach(async () => {
  await s3.close();
  await rm(dir, { recursive: true, force: true });
});

function request(
  method: string,
  target: string,
  more: { headers?: Record<string, string>; body?: string; denied?: string[] } = {},
): AwsRequest {
  const [path = '', query = ''] = target.split('?');
  const body = more.body ?? '';
  return {
    id: 'R1',
    method,
    path,
    query: new URLSearchParams(query),
    headers: { 'content-length': String(Buffer.byteLength(body)), ...more.headers },
    body: Readable.from([Buffer.from(body)], { objectMode: false }),
    payload: undefined,
    principal: { arn: 'arn:aws:iam::000000000000:user/u', roleId: undefined, functionId: undefined },
    allows: async ({ action }) => !more.denied?.includes(action),
  };
}

const call = (...args: Parameters<typeof request>) => s3.handle(request(...args));
const put = (key: string, body = 'x', headers: Record<string, string> = {}) =>
  call('PUT', `/docs/${key}`, { body, headers: { 'content-md5': md5(body), ...headers } });
const md5 = (body: string) => createHash('md5').update(body).digest('base64');

async function text(target: string): Promise<string> {
  const { body } = await call('GET', target);
  return body instanceof Readable ? Buffer.concat(await body.toArray()).toString() : String(body ?? '');
}

const files = (part: string) => readdirSync(join(dir, 'docs', part));

describe('after a restart', () => {
  test('everything is there again', async () => {
    await s3.admin.createBucket('docs', {
      versioning: 'Enabled',
      cors: [{ allowedOrigins: ['*'], allowedMethods: ['GET'] }],
    });
    await put('a', 'one', { 'x-amz-meta-owner': 'xa-a' });
    const second = await put('a', 'two');
    const upload = await call('POST', '/docs/big?uploads');
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(String(upload.body))?.[1];
    const part = await call('PUT', `/docs/big?partNumber=1&uploadId=${uploadId}`, { body: 'part' });
    await s3.close();
    s3 = await open();
    expect(await text('/docs/a')).toBe('two');
    expect((await call('HEAD', '/docs/a')).headers['x-amz-version-id']).toBe(second.headers['x-amz-version-id']);
    const versions = String((await call('GET', '/docs?versions')).body);
    expect(versions.match(/<Version>/g)).toHaveLength(2);
    const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    await call('POST', `/docs/big?uploadId=${uploadId}`, { body: list });
    expect(await text('/docs/big')).toBe('part');
    // New versions still come after the old ones.
    await put('a', 'three');
    expect(await text('/docs/a')).toBe('three');
  });

  test('what a crash left unfinished is gone', async () => {
    await s3.admin.createBucket('docs', {});
    await put('kept', 'kept');
    await writeFile(join(dir, 'docs', 'data', 'half-written'), 'bytes of an upload that never ended');
    await writeFile(join(dir, 'docs', 'versions', 'x.json.tmp'), '{"half":');
    const [sidecar = ''] = files('versions').filter((name) => name.endsWith('.json'));
    const record = JSON.parse(readFileSync(join(dir, 'docs', 'versions', sidecar), 'utf8'));
    const ghost = {
      ...record,
      id: 'ghost',
      key: 'ghost',
      sequence: 9,
      segments: [{ file: 'lost', offset: 0, length: 4 }],
    };
    await writeFile(join(dir, 'docs', 'versions', 'ghost.json'), JSON.stringify(ghost));
    s3 = await open();
    expect(files('data')).toEqual([record.segments[0].file]);
    expect(files('versions')).toEqual([sidecar]);
    expect(await text('/docs/kept')).toBe('kept');
    await expect(call('GET', '/docs/ghost')).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  test('an overwrite cut between its two steps shows the new object', async () => {
    await s3.admin.createBucket('docs', {});
    await put('a', 'old');
    const [old = ''] = files('versions');
    const oldRecord = readFileSync(join(dir, 'docs', 'versions', old));
    const oldData = files('data')[0] ?? '';
    await put('a', 'new');
    await writeFile(join(dir, 'docs', 'versions', old), oldRecord);
    await writeFile(join(dir, 'docs', 'data', oldData), 'old');
    s3 = await open();
    expect(await text('/docs/a')).toBe('new');
    expect(files('versions')).toHaveLength(1);
    expect(files('data')).toHaveLength(1);
  });

  test('an upload that had become an object is over', async () => {
    await s3.admin.createBucket('docs', {});
    const upload = await call('POST', '/docs/big?uploads');
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(String(upload.body))?.[1] ?? '';
    const folder = join(dir, 'docs', 'uploads', uploadId);
    const part = await call('PUT', `/docs/big?partNumber=1&uploadId=${uploadId}`, { body: 'part' });
    const saved = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
    await call('POST', `/docs/big?uploadId=${uploadId}`, { body: list });
    expect(existsSync(folder)).toBe(false);
    await mkdir(folder);
    for (const [name, bytes] of saved) await writeFile(join(folder, name), bytes);
    s3 = await open();
    expect(existsSync(folder)).toBe(false);
    expect(await text('/docs/big')).toBe('part');
    // Asked again it answers as it did, for the same parts only.
    expect(String((await call('POST', `/docs/big?uploadId=${uploadId}`, { body: list })).body)).toContain('<ETag>');
    const other = list.replace(String(part.headers.etag), `"${'0'.repeat(32)}"`);
    await expect(call('POST', `/docs/big?uploadId=${uploadId}`, { body: other })).rejects.toMatchObject({
      code: 'NoSuchUpload',
    });
  });
});

describe('an upload that fails', () => {
  beforeEach(() => s3.admin.createBucket('docs', {}));
  const nothingLeft = () => expect([files('data'), files('versions')]).toEqual([[], []]);

  test('in the middle of its body leaves no byte', async () => {
    async function* broken() {
      yield Buffer.from('half of it');
      throw new Error('the connection broke');
    }
    const body = Readable.from(broken(), { objectMode: false });
    await expect(s3.handle({ ...request('PUT', '/docs/a'), body })).rejects.toThrow('the connection broke');
    nothingLeft();
  });

  test('because of its checksum or its condition leaves no byte', async () => {
    const wrong = { headers: { 'content-md5': md5('other') }, body: 'body' };
    await expect(call('PUT', '/docs/a', wrong)).rejects.toMatchObject({ code: 'BadDigest' });
    nothingLeft();
    // Both pass the look before their bytes come; the one that comes second to the commit loses.
    const once = () => put('a', 'x', { 'if-none-match': '*' });
    const results = await Promise.allSettled([once(), once()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(files('data')).toHaveLength(1);
  });

  test('as a part, or whose upload is aborted, leaves no byte', async () => {
    const upload = await call('POST', '/docs/big?uploads');
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(String(upload.body))?.[1];
    const part = (body: string, headers = {}) =>
      call('PUT', `/docs/big?partNumber=1&uploadId=${uploadId}`, { body, headers });
    await expect(part('x', { 'content-md5': md5('y') })).rejects.toMatchObject({ code: 'BadDigest' });
    await part('first');
    await part('second');
    expect(files('data')).toHaveLength(1);
    await call('DELETE', `/docs/big?uploadId=${uploadId}`);
    nothingLeft();
  });
});

describe('events', () => {
  test('tell what was created and removed, in the form of S3', async () => {
    const events: S3Event[] = [];
    await s3.admin.createBucket('docs', { versioning: 'Enabled', notifications: (event) => void events.push(event) });
    const written = await put('intake/đơn%20số+1.pdf', 'body');
    await call('DELETE', '/docs/intake/x');
    await s3.admin.settle();
    expect(events.map(({ eventName }) => eventName)).toEqual([
      'ObjectCreated:Put',
      'ObjectRemoved:DeleteMarkerCreated',
    ]);
    expect(events[0]).toMatchObject({
      eventSource: 'aws:s3',
      awsRegion: 'ap-southeast-1',
      eventTime: '2026-03-02T10:00:00.000Z',
      s3: {
        bucket: { name: 'docs', arn: 'arn:aws:s3:::docs' },
        object: {
          key: 'intake/%C4%91%C6%A1n+s%E1%BB%91%2B1.pdf',
          size: 4,
          eTag: String(written.headers.etag).replaceAll('"', ''),
          versionId: written.headers['x-amz-version-id'],
        },
      },
    });
    const [first, second] = events.map((event) => event.s3.object.sequencer);
    expect(String(first) < String(second)).toBe(true);
    const event = events[0] as S3Event;
    expect(wantsEvent(event, { events: ['s3:ObjectCreated:*'], prefix: 'intake/', suffix: '.pdf' })).toBe(true);
    expect(wantsEvent(event, { events: ['s3:ObjectCreated:Copy'] })).toBe(false);
    expect(wantsEvent(event, { events: ['s3:ObjectCreated:Put'], prefix: 'other/' })).toBe(false);
  });

  test('that their receiver did not take are told again after a restart', async () => {
    await s3.admin.createBucket('docs', {
      notifications: () => {
        throw new Error('the receiver is down');
      },
    });
    await put('a');
    await s3.close();
    s3 = await open();
    const events: string[] = [];
    const notifications = (event: S3Event) => void events.push(event.s3.object.key);
    await s3.admin.createBucket('docs', { notifications });
    await s3.close();
    expect(events).toEqual(['a']);
    s3 = await open();
    await s3.admin.createBucket('docs', { notifications });
    await s3.admin.settle();
    expect(events).toEqual(['a']);
  });
});

describe('permissions', () => {
  const needed = async (...args: Parameters<typeof request>) =>
    (await s3.permissions(request(...args))).map(({ action, resource }: Permission) => `${action} ${resource}`);
  const bucket = 'arn:aws:s3:::docs';
  const key = 'arn:aws:kms:ap-southeast-1:000000000000:key/k1';

  beforeEach(async () => {
    await s3.admin.createBucket('docs', { objectLock: {} });
    await put('a');
  });

  test('are those that IAM has for each operation', async () => {
    expect(await needed('GET', '/docs/a')).toEqual([`s3:GetObject ${bucket}/a`]);
    expect(await needed('HEAD', '/docs/a')).toEqual([`s3:GetObject ${bucket}/a`]);
    const versionId = (await call('HEAD', '/docs/a')).headers['x-amz-version-id'];
    expect(await needed('GET', `/docs/a?versionId=${versionId}`)).toEqual([`s3:GetObjectVersion ${bucket}/a`]);
    expect(await needed('DELETE', '/docs/a')).toEqual([`s3:DeleteObject ${bucket}/a`]);
    expect(await needed('DELETE', `/docs/a?versionId=${versionId}`)).toEqual([`s3:DeleteObjectVersion ${bucket}/a`]);
    expect(await needed('PUT', '/docs/b%20c')).toEqual([`s3:PutObject ${bucket}/b c`]);
    expect(await needed('GET', '/docs?list-type=2')).toEqual([`s3:ListBucket ${bucket}`]);
    expect(await needed('GET', '/docs?versions')).toEqual([`s3:ListBucketVersions ${bucket}`]);
    expect(await needed('DELETE', '/docs/a?uploadId=u')).toEqual([`s3:AbortMultipartUpload ${bucket}/a`]);
    expect(
      await needed('PUT', '/docs/p?partNumber=1&uploadId=u', {
        headers: { 'x-amz-copy-source': `docs/a?versionId=${versionId}` },
      }),
    ).toEqual([`s3:PutObject ${bucket}/p`, `s3:GetObjectVersion ${bucket}/a`]);
  });

  test('ask for the right to list before telling that there is nothing', async () => {
    expect(await needed('GET', '/docs/none')).toEqual([`s3:GetObject ${bucket}/none`, `s3:ListBucket ${bucket}`]);
  });

  test('ask more of who sets retention, tags or holds, or passes them over', async () => {
    const headers = {
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': '2026-04-01T00:00:00Z',
      'x-amz-object-lock-legal-hold': 'OFF',
      'x-amz-tagging': 'a=1',
    };
    expect(await needed('PUT', '/docs/l', { headers })).toEqual(
      ['s3:PutObject', 's3:PutObjectRetention', 's3:PutObjectLegalHold', 's3:PutObjectTagging'].map(
        (a) => `${a} ${bucket}/l`,
      ),
    );
    const { headers: written } = await put('l', 'x', headers);
    const target = `/docs/l?versionId=${written['x-amz-version-id']}`;
    const bypass = { headers: { 'x-amz-bypass-governance-retention': 'true' } };
    expect(await needed('DELETE', target, bypass)).toEqual([
      `s3:DeleteObjectVersion ${bucket}/l`,
      `s3:BypassGovernanceRetention ${bucket}/l`,
    ]);
    const many = `<Delete><Object><Key>l</Key><VersionId>${written['x-amz-version-id']}</VersionId></Object><Object><Key>a</Key></Object></Delete>`;
    const denied = await call('POST', '/docs?delete', {
      body: many,
      headers: { ...bypass.headers, 'content-md5': md5(many) },
      denied: ['s3:BypassGovernanceRetention'],
    });
    expect(String(denied.body)).toContain('<Key>l</Key>');
    expect(String(denied.body)).toContain('s3:BypassGovernanceRetention');
    expect(String(denied.body)).toContain('<Deleted><Key>a</Key>');
  });

  test('include the key of an encrypted bucket', async () => {
    await s3.admin.createBucket('docs', { objectLock: {}, encryption: { algorithm: 'aws:kms', kmsKeyId: key } });
    expect(await needed('PUT', '/docs/e')).toEqual([`s3:PutObject ${bucket}/e`, `kms:GenerateDataKey ${key}`]);
    await put('e');
    expect(await needed('GET', '/docs/e')).toEqual([`s3:GetObject ${bucket}/e`, `kms:Decrypt ${key}`]);
    expect(await needed('POST', '/docs/e?uploads')).toEqual([
      `s3:PutObject ${bucket}/e`,
      `kms:GenerateDataKey ${key}`,
      `kms:Decrypt ${key}`,
    ]);
  });
});

describe('lifecycle', () => {
  const rule = { id: 'r', enabled: true, prefix: '' };
  const keys = async () =>
    [...String((await call('GET', '/docs?list-type=2')).body).matchAll(/<Key>(.*?)<\/Key>/g)].map(([, name]) => name);

  test('expires after whole days, at midnight UTC of the clock', async () => {
    await s3.admin.createBucket('docs', {
      lifecycle: [{ ...rule, prefix: 'intake/', expirationDays: 1, abortIncompleteDays: 1 }],
    });
    await put('intake/a');
    await put('kept');
    await call('POST', '/docs/intake/big?uploads');
    now += DAY;
    await s3.admin.sweep();
    expect(await keys()).toEqual(['intake/a', 'kept']);
    const due = alarms.find(({ at }) => at === Date.parse('2026-03-03T00:00:00Z'));
    expect(due).toBeDefined();
    now = Date.parse('2026-03-04T00:00:00Z');
    await s3.admin.sweep();
    expect(await keys()).toEqual(['kept']);
    expect(files('uploads')).toEqual([]);
    expect(files('data')).toHaveLength(1);
  });

  test('hides current versions and removes old ones, but none that is locked', async () => {
    await s3.admin.createBucket('docs', {
      objectLock: {},
      lifecycle: [{ ...rule, expirationDays: 1, noncurrentDays: 1, expiredDeleteMarkers: true }],
    });
    const lock = {
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2027-01-01T00:00:00Z',
    };
    await put('free');
    await put('locked', 'x', lock);
    now += 2 * DAY;
    await s3.admin.sweep();
    expect(await keys()).toEqual([]);
    now += 2 * DAY;
    await s3.admin.sweep();
    const versions = String((await call('GET', '/docs?versions')).body);
    expect([...versions.matchAll(/<Version><Key>(.*?)<\/Key>/g)].map(([, name]) => name)).toEqual(['locked']);
  });
});

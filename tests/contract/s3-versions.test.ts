import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectLockRetentionMode,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEndpoint, refusal, type S3Endpoint } from './s3-endpoint.ts';

let endpoint: S3Endpoint;
let s3: S3Client;

beforeAll(async () => {
  endpoint = await openEndpoint();
  s3 = endpoint.client();
});
beforeEach((context) => endpoint.skipKnownDifference(context));
afterAll(() => endpoint.close());

async function put(Bucket: string, Key: string, Body: string, more: object = {}): Promise<string> {
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  return VersionId ?? '';
}

async function text(Bucket: string, Key: string, VersionId?: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return Body?.transformToString();
}

describe('versions', () => {
  let Bucket: string;
  beforeAll(async () => {
    Bucket = await endpoint.bucket();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  });

  test('are all kept and read by their ids', async () => {
    const one = await put(Bucket, 'a', 'one');
    const two = await put(Bucket, 'a', 'two');
    expect(one).not.toBe(two);
    expect(await text(Bucket, 'a')).toBe('two');
    expect(await text(Bucket, 'a', one)).toBe('one');
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', VersionId: one }));
    expect([head.VersionId, head.ContentLength]).toEqual([one, 3]);
    const unknown = s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId: 'f'.repeat(32) }));
    // 404 for a well-formed id, 400 where the server has ids of another form.
    expect([400, 404]).toContain((await refusal(unknown))[1]);
  });

  test('hide behind a delete marker until it is removed', async () => {
    const one = await put(Bucket, 'm', 'one');
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'm' }));
    expect(marker.DeleteMarker).toBe(true);
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'm' })))).toEqual(['NoSuchKey', 404]);
    const response = await s3.send(new GetObjectCommand({ Bucket, Key: 'm' })).catch((error) => error.$response);
    expect(response.headers['x-amz-delete-marker']).toBe('true');
    expect(response.headers['x-amz-version-id']).toBe(marker.VersionId);
    const asked = s3.send(new GetObjectCommand({ Bucket, Key: 'm', VersionId: marker.VersionId }));
    expect(await refusal(asked)).toEqual(['MethodNotAllowed', 405]);
    expect(await text(Bucket, 'm', one)).toBe('one');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'm', VersionId: marker.VersionId }));
    expect(await text(Bucket, 'm')).toBe('one');
  });

  test('are removed for good by id, one at a time', async () => {
    const one = await put(Bucket, 'r', 'one');
    const two = await put(Bucket, 'r', 'two');
    const removed = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'r', VersionId: two }));
    expect(removed.VersionId).toBe(two);
    expect(await text(Bucket, 'r')).toBe('one');
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'r', VersionId: one }] } }));
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'r' })))).toEqual(['NoSuchKey', 404]);
  });

  test('count as absent for If-None-Match: * once deleted', async () => {
    await put(Bucket, 'n', 'one');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'n' }));
    await put(Bucket, 'n', 'two', { IfNoneMatch: '*' });
    expect(await text(Bucket, 'n')).toBe('two');
  });

  test('are copied by id', async () => {
    const one = await put(Bucket, 'c', 'one');
    await put(Bucket, 'c', 'two');
    const CopySource = `${Bucket}/c?versionId=${one}`;
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'c-copy', CopySource }));
    expect(copied.CopySourceVersionId).toBe(one);
    expect(await text(Bucket, 'c-copy')).toBe('one');
  });

  test('are listed newest first, markers among them, page by page', async () => {
    const Listed = await endpoint.bucket();
    await s3.send(new PutBucketVersioningCommand({ Bucket: Listed, VersioningConfiguration: { Status: 'Enabled' } }));
    const ids = [await put(Listed, 'a', '1'), await put(Listed, 'a', '2'), await put(Listed, 'b', '3')];
    const marker = await s3.send(new DeleteObjectCommand({ Bucket: Listed, Key: 'b' }));
    const seen: string[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    for (let more = true, pages = 0; more && pages < 10; pages++) {
      const page = await s3.send(
        new ListObjectVersionsCommand({ Bucket: Listed, MaxKeys: 1, KeyMarker, VersionIdMarker }),
      );
      for (const { VersionId, IsLatest } of page.Versions ?? []) seen.push(`${VersionId} ${IsLatest}`);
      for (const { VersionId, IsLatest } of page.DeleteMarkers ?? []) seen.push(`${VersionId} marker ${IsLatest}`);
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
      more = page.IsTruncated === true;
    }
    expect(seen).toEqual([`${ids[1]} true`, `${ids[0]} false`, `${marker.VersionId} marker true`, `${ids[2]} false`]);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: Listed }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['a']);
  });

  test('of the time before versioning are called null', async () => {
    const Late = await endpoint.bucket();
    await put(Late, 'a', 'before');
    const versioning = (Status: 'Enabled' | 'Suspended') =>
      s3.send(new PutBucketVersioningCommand({ Bucket: Late, VersioningConfiguration: { Status } }));
    await versioning('Enabled');
    const after = await put(Late, 'a', 'after');
    expect(await text(Late, 'a', 'null')).toBe('before');
    await versioning('Suspended');
    await put(Late, 'a', 'suspended');
    expect(await text(Late, 'a', 'null')).toBe('suspended');
    expect(await text(Late, 'a', after)).toBe('after');
  });
});

describe('Object Lock', () => {
  let Bucket: string;
  const inAnHour = () => new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);
  beforeAll(async () => {
    Bucket = await endpoint.bucket({ ObjectLockEnabledForBucket: true });
  });
  const locked = (Key: string, ObjectLockMode: ObjectLockRetentionMode, ObjectLockRetainUntilDate = inAnHour()) =>
    put(Bucket, Key, 'locked', { ObjectLockMode, ObjectLockRetainUntilDate });
  const remove = (Key: string, VersionId: string, BypassGovernanceRetention?: boolean) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention }));
  const retain = (Key: string, VersionId: string, Mode: ObjectLockRetentionMode, until: Date, bypass?: boolean) =>
    s3.send(
      new PutObjectRetentionCommand({
        Bucket,
        Key,
        VersionId,
        Retention: { Mode, RetainUntilDate: until },
        ...(bypass === undefined ? {} : { BypassGovernanceRetention: bypass }),
      }),
    );

  test('compliance yields to nobody, and only ever grows', async () => {
    const version = await locked('c', 'COMPLIANCE');
    expect(await refusal(remove('c', version))).toEqual(['AccessDenied', 403]);
    expect(await refusal(remove('c', version, true))).toEqual(['AccessDenied', 403]);
    const sooner = new Date(Date.now() + 60_000);
    expect(await refusal(retain('c', version, 'COMPLIANCE', sooner, true))).toEqual(['AccessDenied', 403]);
    expect(await refusal(retain('c', version, 'GOVERNANCE', inAnHour(), true))).toEqual(['AccessDenied', 403]);
    const later = new Date(inAnHour().getTime() + 60_000);
    await retain('c', version, 'COMPLIANCE', later);
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'c', VersionId: version }));
    expect(Retention).toEqual({ Mode: 'COMPLIANCE', RetainUntilDate: later });
    expect(await text(Bucket, 'c', version)).toBe('locked');
  });

  test('governance yields to those who may pass it over', async () => {
    const version = await locked('g', 'GOVERNANCE');
    expect(await refusal(remove('g', version))).toEqual(['AccessDenied', 403]);
    const sooner = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
    expect(await refusal(retain('g', version, 'GOVERNANCE', sooner))).toEqual(['AccessDenied', 403]);
    await retain('g', version, 'GOVERNANCE', sooner, true);
    await remove('g', version, true);
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'g' })))).toEqual(['NotFound', 404]);
  });

  test('a legal hold stands until it is lifted', async () => {
    const version = await put(Bucket, 'h', 'held', { ObjectLockLegalHoldStatus: 'ON' });
    expect(await refusal(remove('h', version, true))).toEqual(['AccessDenied', 403]);
    const { LegalHold } = await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: 'h' }));
    expect(LegalHold?.Status).toBe('ON');
    await s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'h', LegalHold: { Status: 'OFF' } }));
    await remove('h', version);
  });

  test('lets a locked version be hidden and succeeded, not removed', async () => {
    const version = await locked('s', 'GOVERNANCE');
    await put(Bucket, 's', 'newer');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 's' }));
    expect(await text(Bucket, 's', version)).toBe('locked');
    const { Errors, Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 's', VersionId: version }] } }),
    );
    expect(Errors?.map(({ Code, VersionId }) => [Code, VersionId])).toEqual([['AccessDenied', version]]);
    expect(Deleted ?? []).toEqual([]);
  });

  test('by default of the bucket locks what is written, and shows it', async () => {
    const Default = await endpoint.bucket({ ObjectLockEnabledForBucket: true });
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE' as const, Days: 3 } };
    await s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: Default,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule },
      }),
    );
    const version = await put(Default, 'd', 'x');
    const head = await s3.send(new HeadObjectCommand({ Bucket: Default, Key: 'd' }));
    expect(head.ObjectLockMode).toBe('GOVERNANCE');
    const days = ((head.ObjectLockRetainUntilDate?.getTime() ?? 0) - (head.LastModified?.getTime() ?? 0)) / 86_400_000;
    expect(days).toBeCloseTo(3, 2);
    const removal = s3.send(new DeleteObjectCommand({ Bucket: Default, Key: 'd', VersionId: version }));
    expect(await refusal(removal)).toEqual(['AccessDenied', 403]);
  });

  test('refuses locks that are half said, past, or in a bucket without it', async () => {
    const write = (bucket: string, more: object) => refusal(put(bucket, 'x', 'x', more));
    expect((await write(Bucket, { ObjectLockMode: 'GOVERNANCE' }))[0]).toBe('InvalidArgument');
    expect((await write(Bucket, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(0) }))[0]).toBe(
      'InvalidArgument',
    );
    const Plain = await endpoint.bucket();
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inAnHour() };
    expect((await write(Plain, lock))[0]).toBe('InvalidRequest');
    const suspend = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } });
    expect(await refusal(s3.send(suspend))).toEqual(['InvalidBucketState', 409]);
  });
});

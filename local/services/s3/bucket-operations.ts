import type { AwsResponse } from '../../gateway/service.ts';
import type { S3Context, S3Handler } from './context.ts';
import { readDocument } from './request-body.ts';
import { childOf, textOf } from './request-document.ts';
import { S3Error } from './s3-error.ts';
import { element, optional, resultDocument } from './xml.ts';

const XML = { 'content-type': 'application/xml' };

export function listBuckets({ buckets, accountId }: S3Context): AwsResponse {
  const listed = buckets
    .all()
    .map((bucket) =>
      element('Bucket', [
        element('Name', bucket.name),
        element('CreationDate', new Date(bucket.createdAt).toISOString()),
      ]),
    );
  const owner = element('Owner', [element('ID', accountId)]);
  return {
    status: 200,
    headers: XML,
    body: resultDocument('ListAllMyBucketsResult', [owner, element('Buckets', listed)]),
  };
}

export const headBucket: S3Handler = async ({ context }) => ({
  status: 200,
  headers: { 'x-amz-bucket-region': context.region, 'content-type': 'application/xml' },
});

export const deleteBucket: S3Handler = async ({ context, bucket }) => {
  await context.buckets.delete(bucket);
  return { status: 204, headers: {} };
};

/** The region, except that `us-east-1` is told by saying nothing. */
export const getBucketLocation: S3Handler = async ({ context }) => {
  const region = context.region === 'us-east-1' ? '' : context.region;
  return { status: 200, headers: XML, body: resultDocument('LocationConstraint', []).replace('></', `>${region}</`) };
};

export const getBucketVersioning: S3Handler = async ({ bucket }) => ({
  status: 200,
  headers: XML,
  body: resultDocument('VersioningConfiguration', [optional('Status', bucket.settings.versioning)]),
});

export const putBucketVersioning: S3Handler = async ({ request, bucket }) => {
  const status = textOf(await readDocument(request, 'VersioningConfiguration'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('IllegalVersioningConfigurationException');
  if (status === 'Suspended' && bucket.settings.objectLock) {
    throw new S3Error('InvalidBucketState', {
      message: 'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    });
  }
  await bucket.configure({ ...bucket.settings, versioning: status });
  return { status: 200, headers: {} };
};

export const getObjectLockConfiguration: S3Handler = async ({ bucket }) => {
  const lock = bucket.settings.objectLock;
  if (!lock) throw new S3Error('ObjectLockConfigurationNotFoundError', { fields: { BucketName: bucket.name } });
  const rule =
    lock.retention &&
    element('Rule', [
      element('DefaultRetention', [element('Mode', lock.retention.mode), element('Days', lock.retention.days)]),
    ]);
  const content = [element('ObjectLockEnabled', 'Enabled'), rule];
  return { status: 200, headers: XML, body: resultDocument('ObjectLockConfiguration', content) };
};

export const putObjectLockConfiguration: S3Handler = async ({ request, bucket }) => {
  const document = await readDocument(request, 'ObjectLockConfiguration');
  if (bucket.settings.versioning !== 'Enabled') {
    throw new S3Error('InvalidBucketState', {
      message: 'Versioning must be Enabled on the bucket to apply an Object Lock configuration',
    });
  }
  const preset = childOf(childOf(document, 'Rule'), 'DefaultRetention');
  if (!preset) {
    await bucket.configure({ ...bucket.settings, objectLock: {} });
    return { status: 200, headers: {} };
  }
  const mode = textOf(preset, 'Mode');
  const days = Number(textOf(preset, 'Days') ?? Number(textOf(preset, 'Years') ?? 0) * 365);
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || !Number.isInteger(days) || days < 1) {
    throw new S3Error('MalformedXML');
  }
  await bucket.configure({ ...bucket.settings, objectLock: { retention: { mode, days } } });
  return { status: 200, headers: {} };
};

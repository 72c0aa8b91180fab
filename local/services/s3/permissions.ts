import type { AwsRequest, Permission } from '../../gateway/service.ts';
import type { Bucket } from './bucket.ts';
import type { S3Context } from './context.ts';
import { parseCopySource } from './copy-source.ts';
import { requestedEncryption } from './object-headers.ts';
import { asksBypass, obstacle } from './object-lock.ts';
import type { Operation, Target } from './operation.ts';
import { formHeaders, formKey } from './post-form.ts';
import type { ObjectVersion } from './version-record.ts';

type Headers = AwsRequest['headers'];

/** Actions on a bucket (Service Authorization Reference, "Actions defined by Amazon S3"). */
const BUCKET_ACTIONS: Partial<Record<Operation, string>> = {
  CreateBucket: 's3:CreateBucket',
  DeleteBucket: 's3:DeleteBucket',
  HeadBucket: 's3:ListBucket',
  GetBucketLocation: 's3:GetBucketLocation',
  GetBucketVersioning: 's3:GetBucketVersioning',
  PutBucketVersioning: 's3:PutBucketVersioning',
  GetBucketCors: 's3:GetBucketCORS',
  PutBucketCors: 's3:PutBucketCORS',
  DeleteBucketCors: 's3:PutBucketCORS',
  GetBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  DeleteBucketLifecycle: 's3:PutLifecycleConfiguration',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  GetObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  PutObjectLockConfiguration: 's3:PutBucketObjectLockConfiguration',
  GetPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListObjectVersions: 's3:ListBucketVersions',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
};

/** Actions on an object; the second is the one for a version named by its id. */
const OBJECT_ACTIONS: Partial<Record<Operation, readonly [string, string]>> = {
  GetObject: ['s3:GetObject', 's3:GetObjectVersion'],
  HeadObject: ['s3:GetObject', 's3:GetObjectVersion'],
  GetObjectTagging: ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  PutObjectTagging: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
  DeleteObjectTagging: ['s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'],
  GetObjectRetention: ['s3:GetObjectRetention', 's3:GetObjectRetention'],
  PutObjectRetention: ['s3:PutObjectRetention', 's3:PutObjectRetention'],
  GetObjectLegalHold: ['s3:GetObjectLegalHold', 's3:GetObjectLegalHold'],
  PutObjectLegalHold: ['s3:PutObjectLegalHold', 's3:PutObjectLegalHold'],
  DeleteObject: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  ListParts: ['s3:ListMultipartUploadParts', 's3:ListMultipartUploadParts'],
  AbortMultipartUpload: ['s3:AbortMultipartUpload', 's3:AbortMultipartUpload'],
};

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

/** Everything that a request needs to be allowed to do. DeleteObjects asks for each of its keys while it handles them. */
export function permissionsOf(context: S3Context, request: AwsRequest, target: Target): Permission[] {
  const { operation } = target;
  if (operation === 'ListBuckets') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  const onBucket = BUCKET_ACTIONS[operation];
  if (onBucket) return bucketPermissions(request, target, onBucket);
  const bucket = context.buckets.get(target.bucket);
  switch (operation) {
    case 'DeleteObjects':
      return [];
    case 'GetObjectAttributes':
      return [...readPermissions(context, request, bucket, target), attributesPermission(request, target)];
    case 'GetObject':
    case 'HeadObject':
      return readPermissions(context, request, bucket, target);
    case 'PutObject':
    case 'CreateMultipartUpload':
      return writePermissions(context, bucket, target.key, request.headers, operation === 'CreateMultipartUpload');
    case 'PostObject':
      return request.form
        ? writePermissions(context, bucket, formKey(request.form), formHeaders(request.form), false)
        : [];
    case 'CopyObject':
      return [
        ...writePermissions(context, bucket, target.key, request.headers, false),
        ...sourcePermissions(context, request.headers, true),
      ];
    case 'UploadPart':
    case 'UploadPartCopy':
    case 'CompleteMultipartUpload':
      return [
        { action: 's3:PutObject', resource: objectArn(bucket.name, target.key) },
        ...uploadKey(context, bucket, request, target),
        ...(operation === 'UploadPartCopy' ? sourcePermissions(context, request.headers, false) : []),
      ];
    default:
      return objectPermissions(context, request, bucket, target);
  }
}

function bucketPermissions(request: AwsRequest, target: Target, action: string): Permission[] {
  const context: Record<string, string> = {};
  for (const name of ['prefix', 'delimiter', 'max-keys']) {
    const value = request.query.get(name);
    if (value !== null) context[`s3:${name}`] = value;
  }
  // A listing without a prefix is one of the empty prefix, as far as conditions go.
  if (/^List/.test(target.operation) && context['s3:prefix'] === undefined) context['s3:prefix'] = '';
  const needed = [{ action, resource: bucketArn(target.bucket), context }];
  const locked = target.operation === 'CreateBucket' && request.headers['x-amz-bucket-object-lock-enabled'] === 'true';
  return locked
    ? [
        ...needed,
        ...['s3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning'].map((a) => ({
          action: a,
          resource: bucketArn(target.bucket),
        })),
      ]
    : needed;
}

/** Reading needs the object's action, its key's, and to be told that there is nothing, the right to list. */
function readPermissions(context: S3Context, request: AwsRequest, bucket: Bucket, target: Target): Permission[] {
  const versionId = request.query.get('versionId');
  const record = versionId === null ? bucket.index.latest(target.key) : bucket.index.version(target.key, versionId);
  const needed = [versioned('GetObject', bucket, target.key, versionId)];
  if (record?.kind === 'object') return [...needed, ...decryptPermission(context, bucket, record)];
  return [...needed, { action: 's3:ListBucket', resource: bucketArn(bucket.name) }];
}

function attributesPermission(request: AwsRequest, target: Target): Permission {
  const action = request.query.has('versionId') ? 's3:GetObjectVersionAttributes' : 's3:GetObjectAttributes';
  return { action, resource: objectArn(target.bucket, target.key) };
}

function writePermissions(
  context: S3Context,
  bucket: Bucket,
  key: string,
  headers: Headers,
  inParts: boolean,
): Permission[] {
  const resource = objectArn(bucket.name, key);
  const actions = ['s3:PutObject'];
  if (headers['x-amz-object-lock-mode'] !== undefined) actions.push('s3:PutObjectRetention');
  if (headers['x-amz-object-lock-legal-hold'] !== undefined) actions.push('s3:PutObjectLegalHold');
  if (headers['x-amz-tagging'] !== undefined) actions.push('s3:PutObjectTagging');
  const { kmsKeyId } = requestedEncryption(headers, bucket);
  return [
    ...actions.map((action) => ({ action, resource })),
    ...keyPermissions(
      context,
      bucket,
      kmsKeyId,
      inParts ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:GenerateDataKey'],
    ),
  ];
}

/** Parts of an encrypted object need its key again (UploadPart: to encrypt; Complete: to put together). */
function uploadKey(context: S3Context, bucket: Bucket, request: AwsRequest, target: Target): Permission[] {
  const upload = bucket.uploads.find(request.query.get('uploadId') ?? '', target.key);
  const actions =
    target.operation === 'CompleteMultipartUpload' ? ['kms:Decrypt'] : ['kms:GenerateDataKey', 'kms:Decrypt'];
  return keyPermissions(context, bucket, upload?.attributes.encryption.kmsKeyId, actions);
}

function sourcePermissions(context: S3Context, headers: Headers, withTags: boolean): Permission[] {
  const source = parseCopySource(headers);
  const bucket = context.buckets.get(source.bucket);
  const record =
    source.versionId === null ? bucket.index.latest(source.key) : bucket.index.version(source.key, source.versionId);
  const needed = [versioned('GetObject', bucket, source.key, source.versionId)];
  if (record?.kind !== 'object') return [...needed, { action: 's3:ListBucket', resource: bucketArn(bucket.name) }];
  const copiesTags =
    withTags && Object.keys(record.tags).length > 0 && headers['x-amz-tagging-directive'] !== 'REPLACE';
  return [
    ...needed,
    ...(copiesTags ? [versioned('GetObjectTagging', bucket, source.key, source.versionId)] : []),
    ...decryptPermission(context, bucket, record),
  ];
}

function objectPermissions(context: S3Context, request: AwsRequest, bucket: Bucket, target: Target): Permission[] {
  const versionId = request.query.get('versionId');
  const needed = [versioned(target.operation, bucket, target.key, versionId)];
  const changesLock =
    target.operation === 'PutObjectRetention' || (target.operation === 'DeleteObject' && versionId !== null);
  if (!changesLock || !asksBypass(request.headers)) return needed;
  const record = versionId === null ? bucket.index.latest(target.key) : bucket.index.version(target.key, versionId);
  const governed = record?.kind === 'object' && obstacle(record, context.clock.now()) === 'GOVERNANCE';
  return governed ? [...needed, bypassPermission(bucket, target.key)] : needed;
}

/** The right to pass over governance retention. */
export function bypassPermission(bucket: Bucket, key: string): Permission {
  return { action: 's3:BypassGovernanceRetention', resource: objectArn(bucket.name, key) };
}

/** The right to do an operation on an object, or on one version of it. */
export function versioned(operation: Operation, bucket: Bucket, key: string, versionId: string | null): Permission {
  const [action, versionAction] = OBJECT_ACTIONS[operation] ?? [`s3:${operation}`, `s3:${operation}`];
  const resource = objectArn(bucket.name, key);
  return versionId === null
    ? { action, resource }
    : { action: versionAction, resource, context: { 's3:VersionId': versionId } };
}

function decryptPermission(context: S3Context, bucket: Bucket, version: ObjectVersion): Permission[] {
  return keyPermissions(context, bucket, version.encryption.kmsKeyId, ['kms:Decrypt']);
}

/** What S3 does with a customer key on the caller's behalf. */
function keyPermissions(
  context: S3Context,
  bucket: Bucket,
  keyId: string | undefined,
  actions: readonly string[],
): Permission[] {
  if (keyId === undefined) return [];
  const { region, accountId } = context;
  const name = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  const resource = keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${region}:${accountId}:${name}`;
  const conditions = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:CallerAccount': accountId,
    'kms:EncryptionContext:aws:s3:arn': bucketArn(bucket.name),
  };
  return actions.map((action) => ({ action, resource, context: conditions }));
}

import type { AwsRequest } from '../../gateway/service.ts';
import { S3Error } from './s3-error.ts';

/** Sub-resources that the laptop knows, by level, method and query parameter. */
const BUCKET_OPERATIONS = {
  GET: {
    location: 'GetBucketLocation',
    versioning: 'GetBucketVersioning',
    cors: 'GetBucketCors',
    lifecycle: 'GetBucketLifecycleConfiguration',
    encryption: 'GetBucketEncryption',
    'object-lock': 'GetObjectLockConfiguration',
    publicAccessBlock: 'GetPublicAccessBlock',
    versions: 'ListObjectVersions',
    uploads: 'ListMultipartUploads',
    'list-type': 'ListObjectsV2',
    '': 'ListObjects',
  },
  PUT: {
    versioning: 'PutBucketVersioning',
    cors: 'PutBucketCors',
    lifecycle: 'PutBucketLifecycleConfiguration',
    encryption: 'PutBucketEncryption',
    'object-lock': 'PutObjectLockConfiguration',
    publicAccessBlock: 'PutPublicAccessBlock',
    '': 'CreateBucket',
  },
  DELETE: {
    cors: 'DeleteBucketCors',
    lifecycle: 'DeleteBucketLifecycle',
    publicAccessBlock: 'DeletePublicAccessBlock',
    '': 'DeleteBucket',
  },
  HEAD: { '': 'HeadBucket' },
  POST: { delete: 'DeleteObjects', '': 'PostObject' },
} as const;

const OBJECT_OPERATIONS = {
  GET: {
    uploadId: 'ListParts',
    retention: 'GetObjectRetention',
    'legal-hold': 'GetObjectLegalHold',
    tagging: 'GetObjectTagging',
    attributes: 'GetObjectAttributes',
    '': 'GetObject',
  },
  HEAD: { '': 'HeadObject' },
  PUT: {
    uploadId: 'UploadPart',
    retention: 'PutObjectRetention',
    'legal-hold': 'PutObjectLegalHold',
    tagging: 'PutObjectTagging',
    '': 'PutObject',
  },
  DELETE: { uploadId: 'AbortMultipartUpload', tagging: 'DeleteObjectTagging', '': 'DeleteObject' },
  POST: { uploads: 'CreateMultipartUpload', uploadId: 'CompleteMultipartUpload' },
} as const;

type Leaves<T> = { [Method in keyof T]: T[Method][keyof T[Method]] }[keyof T];

export type Operation =
  | Leaves<typeof BUCKET_OPERATIONS>
  | Leaves<typeof OBJECT_OPERATIONS>
  | 'ListBuckets'
  | 'CopyObject'
  | 'UploadPartCopy';

/** Query parameters that would make a request mean something else, were they overlooked. */
const OTHER_SUBRESOURCES = [
  'acl', 'accelerate', 'analytics', 'intelligent-tiering', 'inventory', 'logging', 'metrics', 'notification',
  'ownershipControls', 'policy', 'policyStatus', 'replication', 'requestPayment', 'restore', 'select', 'torrent',
  'website', 'renameObject', 'metadataTable', 'session', 'append',
]; // biome-ignore format: a list

/** What a request is about, in the words of the S3 API. */
export interface Target {
  readonly operation: Operation;
  /** Empty for ListBuckets. */
  readonly bucket: string;
  /** Decoded; empty for operations on a bucket. */
  readonly key: string;
}

/** Finds operation, bucket and key of a path-style request. Throws `InvalidURI`, `KeyTooLongError`, `NotImplemented`, `MethodNotAllowed`. */
export function identify(request: Pick<AwsRequest, 'method' | 'path' | 'query' | 'headers'>): Target {
  const { bucket, key } = locate(request.path);
  const method = request.method;
  if (bucket === '') {
    if (method !== 'GET') throw new S3Error('MethodNotAllowed');
    return { operation: 'ListBuckets', bucket, key };
  }
  const unknown = OTHER_SUBRESOURCES.find((name) => request.query.has(name));
  if (unknown !== undefined) throw new S3Error('NotImplemented', { fields: { Header: unknown } });
  const level: Readonly<Record<string, Readonly<Record<string, Operation>>>> =
    key === '' ? BUCKET_OPERATIONS : OBJECT_OPERATIONS;
  const names = level[method];
  if (!names) throw new S3Error('MethodNotAllowed', { fields: { Method: method } });
  const subresource = Object.keys(names).find((name) => name !== '' && request.query.has(name)) ?? '';
  const operation = names[subresource];
  if (!operation) throw new S3Error('MethodNotAllowed', { fields: { Method: method } });
  return { operation: asCopy(operation, request.headers), bucket, key };
}

function asCopy(operation: Operation, headers: AwsRequest['headers']): Operation {
  if (headers['x-amz-copy-source'] === undefined) return operation;
  return operation === 'PutObject' ? 'CopyObject' : operation === 'UploadPart' ? 'UploadPartCopy' : operation;
}

/** Splits `/bucket/key` and decodes the key. */
export function locate(path: string): { bucket: string; key: string } {
  const slash = path.indexOf('/', 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const key = decodeKey(slash < 0 ? '' : path.slice(slash + 1));
  return { bucket, key };
}

/** Decodes a key from a path or copy source, and holds it to the limits of S3 keys. */
export function decodeKey(encoded: string): string {
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    throw new S3Error('InvalidURI');
  }
  checkKey(key);
  return key;
}

/** A key has at most 1024 bytes of UTF-8, and its `..` segments never climb above the bucket. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1024) {
    throw new S3Error('KeyTooLongError', { fields: { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: '1024' } });
  }
  if (!key.isWellFormed()) throw new S3Error('InvalidURI');
  let depth = 0;
  for (const segment of key.split('/')) {
    if (segment === '..') depth -= 1;
    else if (segment !== '.' && segment !== '') depth += 1;
    if (depth < 0) throw new S3Error('InvalidURI');
  }
}

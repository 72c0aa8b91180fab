import type { Bucket } from './bucket.ts';
import { checksumHeader } from './checksums.ts';
import { requestedLock } from './object-lock.ts';
import { S3Error } from './s3-error.ts';
import { parseTagHeader } from './tagging.ts';
import type { Encryption, ObjectAttributes, ObjectVersion, StoredChecksum } from './version-record.ts';

type Headers = Readonly<Record<string, string>>;

/** Headers that are stored with an object and given back with it. */
const SYSTEM_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
] as const;

const STORAGE_CLASSES = [
  'STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER', 'GLACIER_IR', 'DEEP_ARCHIVE', 'REDUCED_REDUNDANCY',
]; // biome-ignore format: a list

const MAX_METADATA = 2048;

/** Reads everything a writer says about an object apart from its bytes. */
export function readAttributes(headers: Headers, bucket: Bucket, now: number): ObjectAttributes {
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw new S3Error('InvalidArgument', { message: 'The storage class you specified is not valid' });
  }
  // Buckets are owner-enforced: only the two ACLs that give nobody else anything are accepted.
  const acl = headers['x-amz-acl'] ?? headers.acl ?? 'private';
  if (acl !== 'private' && acl !== 'bucket-owner-full-control') throw new S3Error('AccessControlListNotSupported');
  return {
    headers: systemHeaders(headers),
    metadata: userMetadata(headers),
    tags: parseTagHeader(headers['x-amz-tagging']),
    storageClass,
    encryption: requestedEncryption(headers, bucket),
    ...requestedLock(headers, bucket, now),
  };
}

export function systemHeaders(headers: Headers): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of SYSTEM_HEADERS) {
    const value = headers[name];
    if (value !== undefined) stored[name] = value;
  }
  const encoding = (stored['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked');
  delete stored['content-encoding'];
  return encoding.length > 0 ? { ...stored, 'content-encoding': encoding.join(',') } : stored;
}

export function userMetadata(headers: Headers): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('x-amz-meta-')) continue;
    metadata[name.slice('x-amz-meta-'.length)] = value;
    size += name.length - 'x-amz-meta-'.length + value.length;
  }
  if (size > MAX_METADATA) {
    throw new S3Error('MetadataTooLarge', { fields: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA) } });
  }
  return metadata;
}

/** Encryption asked for, else the bucket's. It is recorded and shown; the laptop's disk holds the bytes as they are. */
export function requestedEncryption(headers: Headers, bucket: Bucket): Encryption {
  const algorithm = headers['x-amz-server-side-encryption'];
  if (Object.keys(headers).some((name) => name.startsWith('x-amz-server-side-encryption-customer-'))) {
    throw new S3Error('NotImplemented', { fields: { Header: 'x-amz-server-side-encryption-customer-algorithm' } });
  }
  if (algorithm === undefined) return bucket.settings.encryption ?? { algorithm: 'AES256' };
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') {
    throw new S3Error('InvalidEncryptionAlgorithmError');
  }
  const kmsKeyId = headers['x-amz-server-side-encryption-aws-kms-key-id'] ?? bucketKeyId(bucket, algorithm);
  const bucketKey = headers['x-amz-server-side-encryption-bucket-key-enabled'];
  return {
    algorithm,
    ...(kmsKeyId !== undefined && algorithm !== 'AES256' ? { kmsKeyId } : {}),
    ...(bucketKey === undefined ? {} : { bucketKey: bucketKey === 'true' }),
  };
}

function bucketKeyId(bucket: Bucket, algorithm: Encryption['algorithm']): string | undefined {
  const preset = bucket.settings.encryption;
  return preset?.algorithm === algorithm ? preset.kmsKeyId : undefined;
}

/** Headers that say how a version is encrypted. */
export function encryptionHeaders(encryption: Encryption): Record<string, string> {
  return {
    'x-amz-server-side-encryption': encryption.algorithm,
    ...(encryption.kmsKeyId === undefined
      ? {}
      : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.kmsKeyId }),
    ...(encryption.bucketKey ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' } : {}),
  };
}

/** `x-amz-version-id`, in buckets that have (or had) versioning. */
export function versionHeader(bucket: Bucket, versionId: string): Record<string, string> {
  return bucket.settings.versioning === undefined ? {} : { 'x-amz-version-id': versionId };
}

export function checksumHeaders(checksum: StoredChecksum | undefined, parts?: number): Record<string, string> {
  if (!checksum) return {};
  const suffix = checksum.type === 'COMPOSITE' && parts !== undefined ? `-${parts}` : '';
  return { [checksumHeader(checksum.algorithm)]: checksum.value + suffix, 'x-amz-checksum-type': checksum.type };
}

/** What PutObject and its like answer about the version they wrote. */
export function writtenHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return {
    etag: `"${version.etag}"`,
    ...versionHeader(bucket, version.versionId),
    ...encryptionHeaders(version.encryption),
    ...checksumHeaders(version.checksum, version.parts?.length),
  };
}

/** What GET and HEAD say about a version, apart from length, range, lock and checksum. */
export function describedHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  const metadata = Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value] as const);
  const tags = Object.keys(version.tags).length;
  return {
    ...version.headers,
    ...Object.fromEntries(metadata),
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    ...versionHeader(bucket, version.versionId),
    ...encryptionHeaders(version.encryption),
    ...(version.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': version.storageClass }),
    ...(tags > 0 ? { 'x-amz-tagging-count': String(tags) } : {}),
  };
}

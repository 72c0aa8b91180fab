import type { AwsResponse } from '../../gateway/service.ts';
import type { Bucket } from './bucket.ts';
import type { S3Call, S3Handler } from './context.ts';
import { sliceSegments } from './data-files.ts';
import { checksumHeaders, describedHeaders } from './object-headers.ts';
import { lockHeaders } from './object-lock.ts';
import { objectArn } from './permissions.ts';
import { checkRead } from './preconditions.ts';
import { type ByteRange, parsePartRange, parseRange } from './range.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectVersion } from './version-record.ts';

/** Query parameters of a signed GET that replace headers of the answer. */
const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
];

export const getObject: S3Handler = (call) => read(call, true);

export const headObject: S3Handler = (call) => read(call, false);

async function read(call: S3Call, withBody: boolean): Promise<AwsResponse> {
  const { request, bucket } = call;
  const version = findVersion(bucket, call.key, request.query.get('versionId'));
  const described = describedHeaders(bucket, version);
  if (checkRead(request.headers, version) === 'not-modified') return { status: 304, headers: described };

  const range = requestedRange(call, version);
  const [start, end] = range ? [range.start, range.end] : [0, version.size - 1];
  const headers: Record<string, string> = {
    ...described,
    ...overrides(request.query),
    ...(await visibleLock(call, version)),
    ...(range ? { 'content-range': `bytes ${start}-${end}/${version.size}` } : shownChecksum(call, version)),
    ...(range?.parts === undefined ? {} : { 'x-amz-mp-parts-count': String(range.parts) }),
    'content-length': String(end - start + 1),
  };
  const status = range ? 206 : 200;
  if (!withBody || version.size === 0) return { status, headers };
  return { status, headers, body: await open(bucket, version, start, end) };
}

/**
 * The version a reader means. Throws `NoSuchKey`, `NoSuchVersion`, and for delete markers what S3 answers: 404 with
 * `x-amz-delete-marker` for the current one, 405 for a marker asked for by its id.
 */
export function findVersion(bucket: Bucket, key: string, versionId: string | null): ObjectVersion {
  const record = versionId === null ? bucket.index.latest(key) : bucket.index.version(key, versionId);
  if (record?.kind === 'object') return record;
  if (!record) {
    if (versionId !== null) throw new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: versionId } });
    throw new S3Error('NoSuchKey', { fields: { Key: key } });
  }
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': record.versionId };
  if (versionId === null) throw new S3Error('NoSuchKey', { fields: { Key: key }, headers });
  const modified = new Date(record.lastModified).toUTCString();
  throw new S3Error('MethodNotAllowed', {
    fields: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, 'last-modified': modified, allow: 'DELETE' },
  });
}

function requestedRange({ request }: S3Call, version: ObjectVersion): (ByteRange & { parts?: number }) | undefined {
  const partNumber = request.query.get('partNumber');
  if (partNumber === null) return parseRange(request.headers.range, version.size);
  if (request.headers.range !== undefined) {
    throw new S3Error('InvalidRequest', { message: 'Cannot specify both Range header and partNumber query parameter' });
  }
  return parsePartRange(partNumber, version);
}

function overrides(query: URLSearchParams): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** The checksum is shown on request only, and of the whole only with the whole. */
function shownChecksum({ request }: S3Call, version: ObjectVersion): Record<string, string> {
  const asked = request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  return asked ? checksumHeaders(version.checksum, version.parts?.length) : {};
}

/** Lock headers go to those alone who may ask for the retention (or hold) itself. */
async function visibleLock({ request, bucket, key }: S3Call, version: ObjectVersion): Promise<Record<string, string>> {
  const all = lockHeaders(version);
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    const action = name.endsWith('legal-hold') ? 's3:GetObjectLegalHold' : 's3:GetObjectRetention';
    if (await request.allows?.({ action, resource: objectArn(bucket.name, key) })) shown[name] = value;
  }
  return shown;
}

async function open(bucket: Bucket, version: ObjectVersion, start: number, end: number) {
  try {
    return await bucket.data.read(sliceSegments(version.segments, start, end));
  } catch (error) {
    // The version went between the look and the opening.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new S3Error('NoSuchKey', { fields: { Key: version.key } });
    throw error;
  }
}

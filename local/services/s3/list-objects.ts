import type { AwsResponse } from '../../gateway/service.ts';
import type { Bucket } from './bucket.ts';
import type { S3Call, S3Handler } from './context.ts';
import { type ListingRequest, page, readListing, shownKey } from './listing.ts';
import { S3Error } from './s3-error.ts';
import { compareKeys, type ObjectVersion } from './version-record.ts';
import { type Element, element, optional, resultDocument } from './xml.ts';

export const listObjectsV2: S3Handler = async (call) => {
  const { query } = call.request;
  const listing = readListing(query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const after = token === null ? startAfter : decodeToken(token);
  const found = page(currentObjects(call.bucket, listing, after), ({ key }) => key, listing, after);
  const withOwner = query.get('fetch-owner') === 'true';
  return answer(call, listing, [
    element('KeyCount', found.items.length + found.prefixes.length),
    element('IsTruncated', found.truncated),
    optional('ContinuationToken', token ?? undefined),
    optional('NextContinuationToken', found.truncated ? encodeToken(found.lastName) : undefined),
    optional('StartAfter', startAfter === '' ? undefined : shownKey(startAfter, listing)),
    ...found.items.map((version) => objectElement(call, version, listing, withOwner)),
    ...found.prefixes.map((prefix) => prefixElement(prefix, listing)),
  ]);
};

/** The first version of the call, which pages by marker. */
export const listObjects: S3Handler = async (call) => {
  const { query } = call.request;
  const listing = readListing(query);
  const marker = query.get('marker') ?? '';
  const found = page(currentObjects(call.bucket, listing, marker), ({ key }) => key, listing, marker);
  const next = found.truncated && listing.delimiter !== '' ? shownKey(found.lastName, listing) : undefined;
  return answer(call, listing, [
    element('Marker', shownKey(marker, listing)),
    element('IsTruncated', found.truncated),
    optional('NextMarker', next),
    ...found.items.map((version) => objectElement(call, version, listing, true)),
    ...found.prefixes.map((prefix) => prefixElement(prefix, listing)),
  ]);
};

function answer(call: S3Call, listing: ListingRequest, content: readonly (Element | undefined)[]): AwsResponse {
  const head = [
    element('Name', call.bucket.name),
    element('Prefix', shownKey(listing.prefix, listing)),
    optional('Delimiter', listing.delimiter === '' ? undefined : shownKey(listing.delimiter, listing)),
    element('MaxKeys', listing.maxKeys),
    optional('EncodingType', listing.encoded ? 'url' : undefined),
  ];
  const body = resultDocument('ListBucketResult', [...head, ...content]);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** Objects that a GET sees, in order, strictly after a key. */
function* currentObjects(bucket: Bucket, listing: ListingRequest, after: string): Generator<ObjectVersion> {
  const from = compareKeys(after, listing.prefix) > 0 ? after : listing.prefix;
  for (const key of bucket.index.keysFrom(from)) {
    if (after !== '' && compareKeys(key, after) <= 0) continue;
    const version = bucket.index.current(key);
    if (version) yield version;
  }
}

function objectElement(
  { context }: S3Call,
  version: ObjectVersion,
  listing: ListingRequest,
  withOwner: boolean,
): Element {
  return element('Contents', [
    element('Key', shownKey(version.key, listing)),
    element('LastModified', new Date(version.lastModified).toISOString()),
    element('ETag', `"${version.etag}"`),
    optional('ChecksumAlgorithm', version.checksum?.algorithm),
    optional('ChecksumType', version.checksum?.type),
    element('Size', version.size),
    withOwner ? element('Owner', [element('ID', context.accountId)]) : undefined,
    element('StorageClass', version.storageClass),
  ]);
}

export function prefixElement(prefix: string, listing: ListingRequest): Element {
  return element('CommonPrefixes', [element('Prefix', shownKey(prefix, listing))]);
}

function encodeToken(key: string): string {
  return Buffer.from(`1:${key}`).toString('base64');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (text.startsWith('1:')) return text.slice(2);
  throw new S3Error('InvalidArgument', { message: 'The continuation token provided is incorrect' });
}

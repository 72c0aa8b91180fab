import type { S3Call, S3Handler } from './context.ts';
import { prefixElement } from './list-objects.ts';
import { type ListingRequest, page, readListing, shownKey } from './listing.ts';
import { S3Error } from './s3-error.ts';
import { compareKeys, type VersionRecord } from './version-record.ts';
import { element, optional, resultDocument } from './xml.ts';

export const listObjectVersions: S3Handler = async (call) => {
  const { bucket, request } = call;
  const { query } = request;
  const listing = readListing(query);
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker') ?? '';
  if (versionMarker !== '' && keyMarker === '') {
    throw new S3Error('InvalidArgument', { message: 'A version-id marker cannot be specified without a key marker.' });
  }
  const candidates = allVersions(call, listing, keyMarker, versionMarker);
  const found = page(candidates, ({ key }) => key, listing, versionMarker === '' ? keyMarker : '');
  const body = resultDocument('ListVersionsResult', [
    element('Name', bucket.name),
    element('Prefix', shownKey(listing.prefix, listing)),
    element('KeyMarker', shownKey(keyMarker, listing)),
    element('VersionIdMarker', versionMarker),
    optional('Delimiter', listing.delimiter === '' ? undefined : shownKey(listing.delimiter, listing)),
    element('MaxKeys', listing.maxKeys),
    optional('EncodingType', listing.encoded ? 'url' : undefined),
    element('IsTruncated', found.truncated),
    optional('NextKeyMarker', found.truncated ? shownKey(found.lastName, listing) : undefined),
    optional('NextVersionIdMarker', found.truncated ? found.lastItem?.versionId : undefined),
    ...found.items.map((record) => versionElement(call, record, listing)),
    ...found.prefixes.map((prefix) => prefixElement(prefix, listing)),
  ]);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
};

/** All versions and markers, keys in order and newest first, strictly after the two markers. */
function* allVersions(
  { bucket }: S3Call,
  listing: ListingRequest,
  keyMarker: string,
  versionMarker: string,
): Generator<VersionRecord> {
  const from = compareKeys(keyMarker, listing.prefix) > 0 ? keyMarker : listing.prefix;
  for (const key of bucket.index.keysFrom(from)) {
    const versions = bucket.index.versions(key);
    if (keyMarker === '' || key !== keyMarker) yield* versions;
    else if (versionMarker !== '') {
      const at = versions.findIndex(({ versionId }) => versionId === versionMarker);
      if (at >= 0) yield* versions.slice(at + 1);
    }
  }
}

function versionElement({ bucket, context }: S3Call, record: VersionRecord, listing: ListingRequest) {
  const isLatest = bucket.index.latest(record.key)?.id === record.id;
  const content =
    record.kind === 'object'
      ? [
          element('ETag', `"${record.etag}"`),
          optional('ChecksumAlgorithm', record.checksum?.algorithm),
          optional('ChecksumType', record.checksum?.type),
          element('Size', record.size),
          element('StorageClass', record.storageClass),
        ]
      : [];
  return element(record.kind === 'object' ? 'Version' : 'DeleteMarker', [
    element('Key', shownKey(record.key, listing)),
    element('VersionId', record.versionId),
    element('IsLatest', isLatest),
    element('LastModified', new Date(record.lastModified).toISOString()),
    ...content,
    element('Owner', [element('ID', context.accountId)]),
  ]);
}

import { checksumElement } from './checksums.ts';
import type { S3Handler } from './context.ts';
import { prefixElement } from './list-objects.ts';
import { page, readListing, shownKey } from './listing.ts';
import { findUpload } from './multipart-upload.ts';
import { compareKeys } from './version-record.ts';
import { element, optional, resultDocument } from './xml.ts';

const XML = { 'content-type': 'application/xml' };

export const listParts: S3Handler = async (call) => {
  const { bucket, key, request } = call;
  const upload = findUpload(call);
  const { maxKeys } = readListing(request.query, 'max-parts');
  const marker = Number(request.query.get('part-number-marker') ?? 0);
  const after = bucket.uploads.parts(upload.id).filter(({ number }) => number > marker);
  const parts = after.slice(0, maxKeys);
  const truncated = after.length > parts.length;
  const { algorithm, type, asked } = upload.checksum;
  const body = resultDocument('ListPartsResult', [
    element('Bucket', bucket.name),
    element('Key', key),
    element('UploadId', upload.id),
    element('PartNumberMarker', marker),
    optional('NextPartNumberMarker', truncated ? parts.at(-1)?.number : undefined),
    element('MaxParts', maxKeys),
    element('IsTruncated', truncated),
    element('StorageClass', upload.attributes.storageClass),
    ...(asked ? [element('ChecksumAlgorithm', algorithm), element('ChecksumType', type)] : []),
    ...parts.map((part) =>
      element('Part', [
        element('PartNumber', part.number),
        element('LastModified', new Date(part.lastModified).toISOString()),
        element('ETag', `"${part.etag}"`),
        element('Size', part.size),
        asked ? element(checksumElement(algorithm), part.checksum) : undefined,
      ]),
    ),
  ]);
  return { status: 200, headers: XML, body };
};

export const listMultipartUploads: S3Handler = async ({ bucket, request: { query } }) => {
  const listing = readListing(query, 'max-uploads');
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const uploads = bucket.uploads
    .all()
    .sort((a, b) => compareKeys(a.key, b.key) || a.initiatedAt - b.initiatedAt || compareKeys(a.id, b.id));
  const at = uploads.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  const after = at >= 0 ? uploads.slice(at + 1) : uploads.filter(({ key }) => compareKeys(key, keyMarker) > 0);
  const found = page(after, ({ key }) => key, listing, at >= 0 ? '' : keyMarker);
  const body = resultDocument('ListMultipartUploadsResult', [
    element('Bucket', bucket.name),
    element('KeyMarker', shownKey(keyMarker, listing)),
    element('UploadIdMarker', idMarker),
    optional('NextKeyMarker', found.truncated ? shownKey(found.lastName, listing) : undefined),
    optional('NextUploadIdMarker', found.truncated ? found.lastItem?.id : undefined),
    optional('EncodingType', listing.encoded ? 'url' : undefined),
    element('Prefix', shownKey(listing.prefix, listing)),
    optional('Delimiter', listing.delimiter === '' ? undefined : shownKey(listing.delimiter, listing)),
    element('MaxUploads', listing.maxKeys),
    element('IsTruncated', found.truncated),
    ...found.items.map((upload) =>
      element('Upload', [
        element('Key', shownKey(upload.key, listing)),
        element('UploadId', upload.id),
        element('StorageClass', upload.attributes.storageClass),
        element('Initiated', new Date(upload.initiatedAt).toISOString()),
        ...(upload.checksum.asked
          ? [element('ChecksumAlgorithm', upload.checksum.algorithm), element('ChecksumType', upload.checksum.type)]
          : []),
      ]),
    ),
    ...found.prefixes.map((prefix) => prefixElement(prefix, listing)),
  ]);
  return { status: 200, headers: XML, body };
};

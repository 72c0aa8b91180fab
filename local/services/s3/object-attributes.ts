import { checksumElement } from './checksums.ts';
import type { S3Handler } from './context.ts';
import { findVersion } from './get-object.ts';
import { versionHeader } from './object-headers.ts';
import { checksumElements } from './part-elements.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectVersion } from './version-record.ts';
import { type Element, element, resultDocument } from './xml.ts';

/** What GetObjectAttributes can tell, by the name it is asked for. */
const ATTRIBUTES: Readonly<Record<string, (version: ObjectVersion) => Element | undefined>> = {
  ETag: (version) => element('ETag', version.etag),
  Checksum: (version) =>
    version.checksum && element('Checksum', checksumElements(version.checksum, version.parts?.length)),
  ObjectParts: objectParts,
  StorageClass: (version) => element('StorageClass', version.storageClass),
  ObjectSize: (version) => element('ObjectSize', version.size),
};

export const getObjectAttributes: S3Handler = async ({ request, bucket, key }) => {
  const asked = (request.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim());
  if (asked.some((name) => !Object.hasOwn(ATTRIBUTES, name))) {
    throw new S3Error('InvalidArgument', { message: 'Invalid attribute name specified.' });
  }
  const version = findVersion(bucket, key, request.query.get('versionId'));
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      'last-modified': new Date(version.lastModified).toUTCString(),
      ...versionHeader(bucket, version.versionId),
    },
    body: resultDocument(
      'GetObjectAttributesResponse',
      asked.map((name) => ATTRIBUTES[name]?.(version)),
    ),
  };
};

function objectParts(version: ObjectVersion): Element | undefined {
  const { parts, checksum } = version;
  if (!parts) return undefined;
  // Parts are listed one by one only where each has a checksum of its own.
  const listed = parts.flatMap((part) =>
    checksum && part.checksum !== undefined
      ? [
          element('Part', [
            element('PartNumber', part.number),
            element('Size', part.size),
            element(checksumElement(checksum.algorithm), part.checksum),
          ]),
        ]
      : [],
  );
  return element('ObjectParts', [element('PartsCount', parts.length), ...listed]);
}

import type { Bucket } from './bucket.ts';
import { type ChecksumAlgorithm, parseAlgorithm } from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { type CopySource, parseCopySource } from './copy-source.ts';
import { MAX_SINGLE_UPLOAD } from './data-files.ts';
import { findVersion } from './get-object.ts';
import { checksumHeaders, encryptionHeaders, readAttributes, versionHeader } from './object-headers.ts';
import { checksumElements } from './part-elements.ts';
import { checkCopySource, checkWrite } from './preconditions.ts';
import { S3Error } from './s3-error.ts';
import type { ObjectAttributes, ObjectVersion, StoredContent } from './version-record.ts';
import { writeVersion } from './write-version.ts';
import { element, resultDocument } from './xml.ts';

/** Copies a version inside the service. No byte is moved: the copy's files are hard links. */
export const copyObject: S3Handler = async (call) => {
  const { context, request, bucket, key } = call;
  const { source, from, version } = findSource(call);
  if (version.size > MAX_SINGLE_UPLOAD) {
    throw new S3Error('InvalidRequest', {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_SINGLE_UPLOAD}`,
    });
  }
  const attributes = copiedAttributes(call, version);
  refuseIdleCopy(call, source, from);
  checkWrite(request.headers, bucket.index.current(key));
  const asked = request.headers['x-amz-checksum-algorithm'];
  const content = await copiedContent(bucket, from, version, asked === undefined ? undefined : parseAlgorithm(asked));
  try {
    const written = await writeVersion(context, bucket, {
      key,
      content,
      attributes,
      conditions: request.headers,
      event: 'ObjectCreated:Copy',
    });
    return {
      status: 200,
      headers: {
        'content-type': 'application/xml',
        'x-amz-copy-source-version-id': version.versionId,
        ...versionHeader(bucket, written.versionId),
        ...encryptionHeaders(written.encryption),
        ...checksumHeaders(written.checksum),
      },
      body: resultDocument('CopyObjectResult', [
        element('LastModified', new Date(written.lastModified).toISOString()),
        element('ETag', `"${written.etag}"`),
        ...checksumElements(written.checksum),
      ]),
    };
  } catch (error) {
    await bucket.data.remove(content.segments);
    throw error;
  }
};

/** The version that `x-amz-copy-source` names, once its own conditions hold. */
export function findSource(call: S3Call): { source: CopySource; from: Bucket; version: ObjectVersion } {
  const source = parseCopySource(call.request.headers);
  const from = call.context.buckets.get(source.bucket);
  const version = findVersion(from, source.key, source.versionId);
  checkCopySource(call.request.headers, version);
  return { source, from, version };
}

function copiedAttributes({ context, request, bucket }: S3Call, version: ObjectVersion): ObjectAttributes {
  const { headers } = request;
  const asked = readAttributes(headers, bucket, context.clock.now());
  const keepsMetadata = directive(headers['x-amz-metadata-directive'], 'metadata') === 'COPY';
  const keepsTags = directive(headers['x-amz-tagging-directive'], 'tagging') === 'COPY';
  return {
    ...asked,
    ...(keepsMetadata ? { headers: version.headers, metadata: version.metadata } : {}),
    ...(keepsTags ? { tags: version.tags } : {}),
  };
}

function directive(value: string | undefined, name: string): 'COPY' | 'REPLACE' {
  if (value === undefined || value === 'COPY') return 'COPY';
  if (value === 'REPLACE') return 'REPLACE';
  throw new S3Error('InvalidArgument', { message: `Unknown ${name} directive.` });
}

/** A copy of the current version onto itself has to change something. */
function refuseIdleCopy({ request, bucket, key }: S3Call, source: CopySource, from: Bucket): void {
  const { headers } = request;
  const same = from === bucket && source.key === key && source.versionId === null;
  const changes =
    headers['x-amz-metadata-directive'] === 'REPLACE' ||
    headers['x-amz-storage-class'] !== undefined ||
    headers['x-amz-server-side-encryption'] !== undefined ||
    headers['x-amz-website-redirect-location'] !== undefined;
  if (!same || changes) return;
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}

/** A copy is one piece whatever its source was: its ETag is the MD5 of the whole, its checksum a full one. */
async function copiedContent(
  bucket: Bucket,
  from: Bucket,
  version: ObjectVersion,
  asked: ChecksumAlgorithm | undefined,
): Promise<StoredContent> {
  const algorithm = asked ?? version.checksum?.algorithm ?? 'CRC64NVME';
  const known = version.checksum?.type === 'FULL_OBJECT' && version.checksum.algorithm === algorithm && !version.parts;
  const digests = known ? undefined : await from.data.digest(version.segments, algorithm);
  const segments = await bucket.data.copy(version.segments, from.data);
  return {
    size: version.size,
    segments,
    etag: digests?.md5 ?? version.etag,
    checksum: { algorithm, value: digests?.checksum ?? version.checksum?.value ?? '', type: 'FULL_OBJECT' },
  };
}

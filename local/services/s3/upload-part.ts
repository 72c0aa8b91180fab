import { announcedChecksum, checksumElement, checksumHeader } from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { findSource } from './copy-object.ts';
import { MAX_SINGLE_UPLOAD, sliceSegments } from './data-files.ts';
import { findUpload, uploadLock } from './multipart-upload.ts';
import { encryptionHeaders } from './object-headers.ts';
import { receiveBody } from './receive-body.ts';
import { S3Error } from './s3-error.ts';
import type { MultipartUpload, UploadedPart } from './upload-store.ts';
import { element, resultDocument } from './xml.ts';

export const uploadPart: S3Handler = async (call) => {
  const { context, request, bucket } = call;
  const upload = findUpload(call);
  const number = partNumber(call);
  const announced = announcedChecksum(request.headers);
  const { algorithm, asked } = upload.checksum;
  if (asked && announced && announced.algorithm !== algorithm) {
    throw new S3Error('InvalidRequest', {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${announced.algorithm.toLowerCase()}`,
    });
  }
  const body = await receiveBody(request, bucket, algorithm);
  const part: UploadedPart = {
    number,
    size: body.size,
    etag: body.md5,
    // A part may come with another checksum where the upload named none; then the store's own kind is computed too.
    checksum:
      body.algorithm === algorithm
        ? body.checksum
        : ((await bucket.data.digest([body.segment], algorithm)).checksum ?? ''),
    segments: [body.segment],
    lastModified: context.clock.now(),
  };
  await keepPart(call, upload, part);
  return {
    status: 200,
    headers: {
      etag: `"${part.etag}"`,
      ...encryptionHeaders(upload.attributes.encryption),
      ...(asked || announced ? { [checksumHeader(body.algorithm)]: body.checksum } : {}),
    },
  };
};

/** Takes a range of a stored version as a part: hard links to its files, read once for the digests. */
export const uploadPartCopy: S3Handler = async (call) => {
  const { context, request, bucket } = call;
  const upload = findUpload(call);
  const number = partNumber(call);
  const { from, version } = findSource(call);
  const range = copyRange(request.headers['x-amz-copy-source-range'], version.size);
  const slices = range ? sliceSegments(version.segments, range.start, range.end) : version.segments;
  const size = range ? range.end - range.start + 1 : version.size;
  if (size > MAX_SINGLE_UPLOAD) {
    throw new S3Error('InvalidRequest', {
      message: 'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    });
  }
  const segments = await bucket.data.copy(slices, from.data);
  const digests = await bucket.data.digest(segments, upload.checksum.algorithm);
  const part: UploadedPart = {
    number,
    size,
    etag: digests.md5,
    checksum: digests.checksum ?? '',
    segments,
    lastModified: context.clock.now(),
  };
  await keepPart(call, upload, part);
  const { algorithm, asked } = upload.checksum;
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      'x-amz-copy-source-version-id': version.versionId,
      ...encryptionHeaders(upload.attributes.encryption),
    },
    body: resultDocument('CopyPartResult', [
      element('LastModified', new Date(part.lastModified).toISOString()),
      element('ETag', `"${part.etag}"`),
      asked ? element(checksumElement(algorithm), part.checksum) : undefined,
    ]),
  };
};

function partNumber({ request }: S3Call): number {
  const number = Number(request.query.get('partNumber') ?? Number.NaN);
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw new S3Error('InvalidArgument', { message: 'Part number must be an integer between 1 and 10000, inclusive' });
}

/** `bytes=first-last`, both given and inside the source: S3 takes no open ranges here. */
function copyRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  if (header === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || end < start) {
    throw new S3Error('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    });
  }
  if (end >= size) {
    throw new S3Error('InvalidArgument', {
      message: `Range specified is not valid for source object of size: ${size}`,
    });
  }
  return { start, end };
}

/** Keeps a part; of two with one number the later stays. Throws `NoSuchUpload` where the upload ended meanwhile. */
async function keepPart({ bucket }: S3Call, upload: MultipartUpload, part: UploadedPart): Promise<void> {
  const kept = await bucket.locks.run(uploadLock(upload.id), () => bucket.uploads.keep(upload.id, part));
  if (kept?.replaced) await bucket.data.remove(kept.replaced.segments);
  if (kept) return;
  await bucket.data.remove(part.segments);
  throw new S3Error('NoSuchUpload', { fields: { UploadId: upload.id } });
}

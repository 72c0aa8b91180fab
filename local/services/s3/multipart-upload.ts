import type { Bucket } from './bucket.ts';
import { type ChecksumAlgorithm, parseAlgorithm } from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { encryptionHeaders, readAttributes } from './object-headers.ts';
import { S3Error } from './s3-error.ts';
import type { MultipartUpload } from './upload-store.ts';
import type { StoredChecksum } from './version-record.ts';
import { element, resultDocument } from './xml.ts';

export const createMultipartUpload: S3Handler = async ({ context, request, bucket, key }) => {
  const now = context.clock.now();
  const upload: MultipartUpload = {
    id: context.ids.next(),
    key,
    initiatedAt: now,
    attributes: readAttributes(request.headers, bucket, now),
    checksum: requestedChecksum(request.headers),
  };
  await bucket.uploads.start(upload);
  const { algorithm, type, asked } = upload.checksum;
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...encryptionHeaders(upload.attributes.encryption),
      ...(asked ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type } : {}),
    },
    body: resultDocument('InitiateMultipartUploadResult', [
      element('Bucket', bucket.name),
      element('Key', key),
      element('UploadId', upload.id),
    ]),
  };
};

/** SHA checksums of parts only compose; CRC64NVME only joins; the other CRCs do either, composing unless asked otherwise. */
function requestedChecksum(headers: Readonly<Record<string, string>>): MultipartUpload['checksum'] {
  const name = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type'];
  if (name === undefined) {
    if (type !== undefined) {
      throw new S3Error('InvalidRequest', {
        message: 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      });
    }
    return { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', asked: false };
  }
  const algorithm = parseAlgorithm(name);
  const kind = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (!allows(algorithm, kind)) {
    throw new S3Error('InvalidRequest', {
      message: `The ${kind} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    });
  }
  return { algorithm, type: kind, asked: true };
}

function allows(algorithm: ChecksumAlgorithm, type: string): type is StoredChecksum['type'] {
  if (type === 'FULL_OBJECT') return algorithm.startsWith('CRC');
  return type === 'COMPOSITE' && algorithm !== 'CRC64NVME';
}

export const abortMultipartUpload: S3Handler = async (call) => {
  await abortUpload(call.bucket, findUpload(call).id);
  return { status: 204, headers: {} };
};

/** Ends an upload and removes its parts. */
export function abortUpload(bucket: Bucket, id: string): Promise<void> {
  return bucket.locks.run(uploadLock(id), async () => {
    const parts = bucket.uploads.parts(id);
    await bucket.uploads.end(id);
    for (const part of parts) await bucket.data.remove(part.segments);
  });
}

/** The upload that `uploadId` names. Throws `NoSuchUpload`. */
export function findUpload({ request, bucket, key }: S3Call): MultipartUpload {
  const id = request.query.get('uploadId') ?? '';
  const upload = bucket.uploads.find(id, key);
  if (!upload) throw new S3Error('NoSuchUpload', { fields: { UploadId: id } });
  return upload;
}

/** Name under which changes of an upload wait for each other; no key starts with a NUL of ours. */
export function uploadLock(id: string): string {
  return `\u0000upload:${id}`;
}

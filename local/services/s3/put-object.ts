import { announcedChecksum } from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { readAttributes, writtenHeaders } from './object-headers.ts';
import { checkWrite } from './preconditions.ts';
import { receiveBody } from './receive-body.ts';
import { S3Error } from './s3-error.ts';
import { writeVersion } from './write-version.ts';

export const putObject: S3Handler = async (call) => {
  const { context, request, bucket, key } = call;
  const { headers } = request;
  const attributes = readAttributes(headers, bucket, context.clock.now());
  requireIntegrity(call);
  // Judged now to spare the upload, and again when the bytes are there.
  checkWrite(headers, bucket.index.current(key));
  const body = await receiveBody(request, bucket, 'CRC64NVME');
  try {
    const version = await writeVersion(context, bucket, {
      key,
      attributes,
      conditions: headers,
      event: 'ObjectCreated:Put',
      content: {
        size: body.size,
        etag: body.md5,
        segments: [body.segment],
        checksum: { algorithm: body.algorithm, value: body.checksum, type: 'FULL_OBJECT' },
      },
    });
    return { status: 200, headers: writtenHeaders(bucket, version) };
  } catch (error) {
    await bucket.data.remove([body.segment]);
    throw error;
  }
};

/** Object Lock asks for proof that what gets locked is what was sent. */
function requireIntegrity({ bucket, request: { headers } }: S3Call): void {
  const locks =
    bucket.settings.objectLock?.retention ??
    headers['x-amz-object-lock-mode'] ??
    headers['x-amz-object-lock-legal-hold'];
  if (locks === undefined || headers['content-md5'] !== undefined || announcedChecksum(headers)) return;
  throw new S3Error('InvalidRequest', {
    message:
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  });
}

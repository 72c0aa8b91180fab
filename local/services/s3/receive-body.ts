import type { AwsRequest } from '../../gateway/service.ts';
import type { Bucket } from './bucket.ts';
import {
  type AnnouncedChecksum,
  announcedChecksum,
  type ChecksumAlgorithm,
  checksumHeader,
  checkValue,
} from './checksums.ts';
import { MAX_SINGLE_UPLOAD, type WrittenFile } from './data-files.ts';
import { S3Error } from './s3-error.ts';

export interface ReceivedBody extends WrittenFile {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64, of `algorithm`. */
  readonly checksum: string;
}

/**
 * Streams the body of a PutObject or UploadPart to disk and holds it to everything that was said about it: signature
 * (in the stream itself), length, Content-MD5, checksum in a header or trailer. Nothing stays on disk where one fails.
 *
 * @param fallback algorithm to keep where the sender named none
 */
export async function receiveBody(
  request: AwsRequest,
  bucket: Bucket,
  fallback: ChecksumAlgorithm,
): Promise<ReceivedBody> {
  const announced = announcedChecksum(request.headers);
  const md5 = announcedMd5(request.headers['content-md5']);
  checkLength(announcedLength(request));
  const algorithm = announced?.algorithm ?? fallback;
  const file = await bucket.data.write(request.body, algorithm);
  const checksum = file.checksum ?? '';
  try {
    if (md5 !== undefined && md5 !== file.md5)
      throw new S3Error('BadDigest', { message: 'The Content-MD5 you specified did not match what we received.' });
    checkDigest(announced, checksum, request.trailers ?? {});
  } catch (error) {
    await bucket.data.remove([file.segment]);
    throw error;
  }
  return { ...file, algorithm, checksum };
}

/** Body length before any of it has been read. Throws `MissingContentLength`. */
function announcedLength(request: AwsRequest): number {
  const length = request.headers['x-amz-decoded-content-length'] ?? request.headers['content-length'];
  if (length === undefined) throw new S3Error('MissingContentLength');
  return Number(length);
}

function checkLength(length: number): void {
  if (length <= MAX_SINGLE_UPLOAD) return;
  throw new S3Error('EntityTooLarge', {
    fields: { ProposedSize: String(length), MaxSizeAllowed: String(MAX_SINGLE_UPLOAD) },
  });
}

/** Hex of a Content-MD5 header. Throws `InvalidDigest`. */
export function announcedMd5(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== header) throw new S3Error('InvalidDigest');
  return bytes.toString('hex');
}

function checkDigest(
  announced: AnnouncedChecksum | undefined,
  actual: string,
  trailers: Readonly<Record<string, string>>,
): void {
  if (!announced) return;
  const expected = announced.inTrailer ? trailers[checksumHeader(announced.algorithm)] : announced.value;
  if (expected === undefined) return;
  checkValue(announced.algorithm, expected);
  if (expected === actual) return;
  throw new S3Error('BadDigest', {
    message: `The ${announced.algorithm} you specified did not match the calculated checksum.`,
  });
}

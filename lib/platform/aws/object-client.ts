import { S3Client } from '@aws-sdk/client-s3';

/**
 * The S3 client of a function, made once at cold start. Hashes are given with each object by those who store it, so the
 * SDK adds none of its own, neither to requests nor to presigned addresses.
 */
export function objectClient(): S3Client {
  return new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
}

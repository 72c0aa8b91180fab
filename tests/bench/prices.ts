/**
 * List prices in US dollars, region us-east-1, without free tiers and volume discounts. No dated source of the prices in
 * ap-southeast-1, the region of the stages, was at hand: they are somewhat higher there; the counts do not change.
 * Source: the pricing pages of each service as of 2025-11 (DynamoDB on demand: in force since 2024-11-01). KMS: asymmetric
 * RSA_2048, which is what keys are made as unless another kind is asked for; other kinds cost five times as much to sign with.
 */
export const PRICES = {
  asOf: '2025-11',
  region: 'us-east-1',
  dynamoDbReadUnit: 0.125 / 1e6,
  dynamoDbWriteUnit: 0.625 / 1e6,
  s3Write: 0.005 / 1e3,
  s3Read: 0.0004 / 1e3,
  sqsRequest: 0.4 / 1e6,
  kmsRequest: 0.03 / 1e4,
  sesMail: 0.1 / 1e3,
  httpApiRequest: 1.0 / 1e6,
  lambdaRequest: 0.2 / 1e6,
} as const;

const S3_WRITES = new Set([
  'PutObject',
  'CopyObject',
  'PostObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'ListObjectsV2',
  'ListObjectVersions',
]);

/** What one S3 request costs; deletions are free. */
export function s3Price(operation: string): number {
  if (operation.startsWith('Delete')) return 0;
  return S3_WRITES.has(operation) ? PRICES.s3Write : PRICES.s3Read;
}

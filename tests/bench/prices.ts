/**
 * List prices, US dollars, region us-east-1, without free tiers and volume discounts. Other regions differ by some ten to
 * twenty per cent; the counts they are multiplied with do not.
 * Source: the pricing pages of each service, as of 2025-11 (Amazon DynamoDB on-demand prices are those since 2024-11-01).
 */
export const PRICES = {
  asOf: '2025-11',
  region: 'us-east-1',
  dynamoDbReadUnit: 0.125 / 1e6,
  dynamoDbWriteUnit: 0.625 / 1e6,
  s3Write: 0.005 / 1e3,
  s3Read: 0.0004 / 1e3,
  sqsRequest: 0.4 / 1e6,
  kmsSignRsa2048: 0.03 / 1e4,
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

/** What one call costs for being made (DynamoDB's units are priced apart). Deletions in S3 are free. */
export function requestPrice(service: string, operation: string): number {
  switch (service) {
    case 's3':
      if (operation.startsWith('Delete')) return 0;
      return S3_WRITES.has(operation) ? PRICES.s3Write : PRICES.s3Read;
    case 'sqs':
      return PRICES.sqsRequest;
    case 'kms':
      return operation === 'Sign' ? PRICES.kmsSignRsa2048 : PRICES.kmsRequest;
    case 'ses':
      return PRICES.sesMail;
    default:
      return 0;
  }
}

/**
 * Where third-party servers are known to differ from the service's documentation, by server and test title. Our own
 * servers have no such list: they pass everything.
 */
export const KNOWN_DEVIATIONS: Readonly<Record<string, readonly string[]>> = {
  'DynamoDB Local': [],
  // ElasticMQ keeps its own defaults, limits and error codes; its receipts are strict where SQS's are lenient.
  ElasticMQ: [
    'show their attributes with defaults and take changes',
    'show only the attributes asked for',
    'are hidden while in flight and gone once deleted',
    'received again are not deleted by an older receipt',
    'may be 1 MiB long with their attributes, and no longer',
    'with characters that XML forbids are refused',
    'tell apart the entries that failed',
    'answer EmptyBatchRequest',
    'answer InvalidBatchEntryId',
    'answer BatchRequestTooLong',
  ],
  // moto checks few limits, and lets any receipt delete.
  'moto (SQS)': [
    'show their attributes with defaults and take changes',
    'received again are not deleted by an older receipt',
    'may be 1 MiB long with their attributes, and no longer',
    'with characters that XML forbids are refused',
    'tell apart the entries that failed',
    'are messages received too often, and go back when moved',
  ],
};

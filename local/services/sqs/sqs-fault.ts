import type { AwsResponse } from '../../gateway/service.ts';
import { jsonError, ServiceFault } from '../json-protocol.ts';

// The codes of the older query protocol, which SDKs still show as the error's code where they differ from the shape.
const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  QueueDeletedRecently: 'AWS.SimpleQueueService.QueueDeletedRecently',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

const SHAPES = new Set([
  ...Object.keys(QUERY_CODES),
  'ReceiptHandleIsInvalid',
  'InvalidAttributeName',
  'InvalidAttributeValue',
  'InvalidMessageContents',
  'InvalidIdFormat',
  'OverLimit',
  'ResourceNotFoundException',
]);

/** An SQS error: the JSON shape, and the code of the query protocol in its header. */
export function sqsError(
  requestId: string,
  fault: { readonly code: string; readonly message: string; readonly status: number },
): AwsResponse {
  const namespace = SHAPES.has(fault.code) ? 'com.amazonaws.sqs' : 'com.amazon.coral.service';
  const answer = jsonError('1.0', requestId, fault, namespace);
  const side = fault.status < 500 ? 'Sender' : 'Receiver';
  const code = QUERY_CODES[fault.code] ?? fault.code;
  return { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': `${code};${side}` } };
}

/** The queue asked for is not there. */
export function noSuchQueue(): ServiceFault {
  return new ServiceFault('QueueDoesNotExist', 'The specified queue does not exist.');
}

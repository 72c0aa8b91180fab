import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Log } from '../../lib/platform/log.ts';

/**
 * The handler of a queue's worker. A message whose work throws comes again, alone, until the queue puts it aside; what is no
 * message of ours at all takes the same way to the dead letters.
 */
export function queueWorker(log: Log, work: (record: SQSRecord) => Promise<void>) {
  const processor = new BatchProcessor(EventType.SQS);
  const handle = async (record: SQSRecord) => {
    try {
      await work(record);
    } catch (error) {
      const malformed = error instanceof SyntaxError || error instanceof z.ZodError;
      const receives = Number(record.attributes.ApproximateReceiveCount);
      log.failure(malformed ? 'job.malformed' : 'job.failed', malformed ? new Error(error.name) : error, {
        messageId: record.messageId,
        receives,
      });
      throw error;
    }
  };
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    processPartialResponse(event, handle, processor, { context, throwOnFullBatchFailure: false });
}

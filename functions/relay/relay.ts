import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type CaseEvent, caseEvent } from '../../lib/evidence/case-event.ts';
import { jobsOf } from '../../lib/jobs/all-jobs.ts';
import type { Job } from '../../lib/jobs/job.ts';
import { type JobQueues, sendJobs } from '../../lib/jobs/send-jobs.ts';
import { fromStreamImage, type StreamAttribute } from '../../lib/platform/aws/stream-image.ts';
import type { Log } from '../../lib/platform/log.ts';

export interface RelayDeps {
  readonly queues: JobQueues;
  readonly log: Log;
}

/**
 * Hands the jobs that follow from new case events to their queues. The stream goes on after the last record of which all
 * jobs were taken; a record that comes twice gives the same jobs, which their workers do once.
 */
export function relay(deps: RelayDeps) {
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const work = event.Records.map((record) => ({ record, jobs: readJobs(deps, record) }));
    // What stands before a record that cannot be read is sent; the stream then starts again with that record alone.
    const unreadable = work.findIndex(({ jobs }) => jobs === undefined);
    const readable = unreadable < 0 ? work : work.slice(0, unreadable);
    const unsent = await sendJobs(
      deps.queues,
      readable.flatMap(({ jobs }) => jobs ?? []),
    );
    const first = work.find(({ jobs }) => jobs === undefined || jobs.some((job) => unsent.has(job.id)));
    return { batchItemFailures: first ? [{ itemIdentifier: first.record.dynamodb?.SequenceNumber ?? '' }] : [] };
  };
}

function readJobs(deps: RelayDeps, record: DynamoDBRecord): Job[] | undefined {
  try {
    const event = readEvent(record);
    return event ? jobsOf(event) : [];
  } catch (error) {
    // The error of a schema would quote what it found.
    deps.log.failure('job.malformed', new Error(error instanceof Error ? error.name : 'unknown'), {
      sequence: record.dynamodb?.SequenceNumber,
    });
    return undefined;
  }
}

function readEvent(record: DynamoDBRecord): CaseEvent | undefined {
  const image = record.dynamodb?.NewImage;
  if (record.eventName !== 'INSERT' || !image) return undefined;
  return caseEvent.parse(fromStreamImage(image as Record<string, StreamAttribute>));
}

import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';
import type { WorkQueue } from './work-queue.ts';

/** Looks at what was uploaded and either keeps it as a document or deletes it and says why. */
export class Intake extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings, work: WorkQueue) {
    super(scope, id);
    const { data, settings, board } = around;
    const worker = new CapabilityFunction(this, 'Worker', around, {
      name: 'intake-worker',
      description: 'Checks uploaded files and keeps them as documents',
      memoryMb: 1769,
      timeout: intakeTimeout(settings),
      scratch: scratchFor(settings),
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.intakeBucket]: data.names.intake,
        [ENV.documentsBucket]: data.names.documents,
      },
      grants: [...data.intakeTake(), ...data.documentsPut(), ...data.tableReadWrite()],
    });
    worker.consume(work, { batchSize: 1, atOnce: settings.limits.workers });
    work.watch(board, this);
  }
}

const MIB = 1024 * 1024;
/** A form and a single PUT carry no more (S3). */
const LARGEST_UPLOAD = 5 * 1024 * MIB;
/** A file on its way from bucket to bucket by way of the scratch space, hashed and inspected, at the least. */
const BYTES_A_SECOND = 20 * 1000 * 1000;

/** Time for the largest file. Shared with the queue, which stands beside the bucket that fills it. */
export function intakeTimeout({ limits }: StageSettings): Duration {
  return Duration.seconds(Math.max(60, Math.ceil(limits.uploadBytes / BYTES_A_SECOND)));
}

/** Room for the largest file, once: one message at a time, and what it fetched is removed before the next. */
function scratchFor({ limits }: StageSettings): Size {
  if (limits.uploadBytes > LARGEST_UPLOAD) throw new Error('limits.uploadBytes: S3 takes at most 5 GiB in one form.');
  return Size.mebibytes(Math.max(512, Math.ceil(limits.uploadBytes / MIB) + 128));
}

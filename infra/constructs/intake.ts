import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
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
      timeout: INTAKE_TIMEOUT,
      scratch: Size.mebibytes(1024),
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

/** Shared with the queue, which stands beside the bucket that fills it. */
export const INTAKE_TIMEOUT = Duration.seconds(60);

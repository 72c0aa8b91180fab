import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { signatureAuthorities } from './signature-settings.ts';
import type { Surroundings } from './surroundings.ts';
import { WorkQueue } from './work-queue.ts';

/** Each delivery reads its document once, to check it as the receiver must. */
const TIMEOUT = Duration.seconds(60);

/** Puts an issued dispatch into the queue of each recipient and carries receipts back. */
export class Delivery extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, board } = around;
    const work = new WorkQueue(this, 'Work', { name: 'delivery', workerTimeout: TIMEOUT });
    const worker = new CapabilityFunction(this, 'Worker', around, {
      name: 'delivery-worker',
      description: 'Delivers dispatches to their recipients',
      memoryMb: 1024,
      timeout: TIMEOUT,
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.documentsBucket]: data.names.documents,
        ...signatureAuthorities(this, settings),
      },
      grants: [...data.tableReadWrite(), ...data.documentsGet()],
    });
    worker.consume(work, { batchSize: 10, atOnce: settings.limits.workers });
    work.watch(board, this);
    this.queue = work.queue;
  }
}

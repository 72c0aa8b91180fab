import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { signatureAuthorities } from './signature-settings.ts';
import type { Surroundings } from './surroundings.ts';
import { WorkQueue } from './work-queue.ts';

/** Every file of a case is read twice, to verify it and to copy it. */
const TIMEOUT = Duration.minutes(10);

/** Evidence bundles of cases: asked for at the API, made by a worker, fetched from storage. */
export class Evidence extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, api, board, settings } = around;
    const handler = new CapabilityFunction(this, 'Api', around, {
      name: 'evidence-api',
      description: 'Evidence bundles of cases',
      memoryMb: 512,
      timeout: Duration.seconds(15),
      environment: { [ENV.tableName]: data.names.table, [ENV.bundlesBucket]: data.names.bundles },
      grants: [...data.tableReadWrite(), ...data.bundlesGet()],
    });
    api.signedIn(handler.lambda, '/api/evidence-bundles');

    const work = new WorkQueue(this, 'Work', { name: 'evidence', workerTimeout: TIMEOUT });
    const worker = new CapabilityFunction(this, 'Worker', around, {
      name: 'evidence-worker',
      description: 'Makes evidence bundles',
      memoryMb: 1769,
      timeout: TIMEOUT,
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.documentsBucket]: data.names.documents,
        [ENV.bundlesBucket]: data.names.bundles,
        ...signatureAuthorities(this, settings),
      },
      grants: [...data.tableReadWrite(), ...data.documentsGet(), ...data.rootsGet(), ...data.bundlesPut()],
    });
    worker.consume(work, { batchSize: 1, atOnce: settings.limits.workers });
    work.watch(board, this);
    this.queue = work.queue;
  }
}

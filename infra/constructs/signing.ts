import { Duration, SecretValue } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';
import { CapabilityFunction } from './capability-function.ts';
import { signatureSettings } from './signature-settings.ts';
import type { Surroundings } from './surroundings.ts';
import { WorkQueue } from './work-queue.ts';

const TIMEOUT = Duration.seconds(60);

/** The services and, resolved when the stack is deployed, their secrets. */
function remoteSigning({ remoteSigning: services }: StageSettings): Record<string, string> {
  const secrets = services.map(({ secretName }) => SecretValue.secretsManager(secretName).unsafeUnwrap());
  return {
    [ENV.remoteSigning]: JSON.stringify(services.map(({ secretName: _, ...service }) => service)),
    [ENV.remoteSigningSecrets]: `[${secrets.join(',')}]`,
  };
}

/** Signs and seals documents with keys in KMS or at remote signing services. */
export class Signing extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, board } = around;
    const work = new WorkQueue(this, 'Work', { name: 'sign', workerTimeout: TIMEOUT });
    const worker = new CapabilityFunction(this, 'Worker', around, {
      name: 'sign-worker',
      description: 'Signs and seals documents',
      // One whole processor, which comes with the memory: 256 MB would do for a file of any size, and take seven times as long.
      memoryMb: 1769,
      timeout: TIMEOUT,
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.documentsBucket]: data.names.documents,
        [ENV.imagesBucket]: data.names.images,
        [ENV.portalUrl]: `https://${settings.domain}`,
        ...signatureSettings(this, settings),
        ...remoteSigning(settings),
      },
      grants: [
        ...data.tableReadWrite(),
        ...data.documentsGet(),
        ...data.documentsPut(),
        ...data.imagesGet(),
        ...data.sign(),
      ],
    });
    worker.consume(work, { batchSize: 5, atOnce: settings.limits.workers });
    work.watch(board, this);
    this.queue = work.queue;
  }
}

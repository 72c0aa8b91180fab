import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { startRegularly } from './schedule.ts';
import type { Surroundings } from './surroundings.ts';

export interface SweepProps {
  readonly sign: IQueue;
  readonly delivery: IQueue;
  readonly notify: IQueue;
  readonly evidence: IQueue;
}

/** Looks at fixed intervals for work that was interrupted, and for uploads that nobody finished. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings, { sign, delivery, notify, evidence }: SweepProps) {
    super(scope, id);
    const { data, settings, board } = around;
    const { lambda } = new CapabilityFunction(this, 'Worker', around, {
      name: 'sweep',
      description: 'Takes up interrupted work and clears away unfinished uploads',
      memoryMb: 512,
      timeout: Duration.seconds(60),
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.intakeBucket]: data.names.intake,
        [ENV.signQueueUrl]: sign.queueUrl,
        [ENV.deliveryQueueUrl]: delivery.queueUrl,
        [ENV.notifyQueueUrl]: notify.queueUrl,
        [ENV.evidenceQueueUrl]: evidence.queueUrl,
      },
      grants: [...data.tableReadWrite(), ...data.intakeListDelete(), ...data.send(sign, delivery, notify, evidence)],
    });
    startRegularly(this, { board, name: 'sweep', lambda, everyMinutes: settings.sweepEveryMinutes });
  }
}

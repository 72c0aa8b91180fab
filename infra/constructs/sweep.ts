import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';
import { deadLetterQueue, watchDeadLetters } from './work-queue.ts';

export interface SweepProps {
  readonly sign: IQueue;
  readonly delivery: IQueue;
  readonly notify: IQueue;
}

/** Looks at fixed intervals for work that was interrupted, and for uploads that nobody finished. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings, { sign, delivery, notify }: SweepProps) {
    super(scope, id);
    const { data, settings, board } = around;
    const deadLetters = deadLetterQueue(this, 'DeadLetters');
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
      },
      grants: [...data.tableReadWrite(), ...data.intakeListDelete(), ...data.send(sign, delivery, notify)],
    });
    const scheduler = new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: 'Ba Khong: starts the sweep',
    });
    scheduler.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }));
    scheduler.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
    new CfnSchedule(this, 'Schedule', {
      description: 'Ba Khong: sweep',
      scheduleExpression: `rate(${settings.sweepEveryMinutes} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: lambda.functionArn,
        roleArn: scheduler.roleArn,
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
    watchDeadLetters(board, this, 'sweep', deadLetters);
  }
}

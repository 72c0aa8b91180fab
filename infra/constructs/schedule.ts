import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { AlarmBoard } from './alarm-board.ts';
import { deadLetterQueue, watchDeadLetters } from './work-queue.ts';

export interface ScheduleProps {
  readonly board: AlarmBoard;
  /** In alarms and in the runbook. */
  readonly name: string;
  readonly lambda: IFunction;
  readonly everyMinutes: number;
}

/** Starts a function at fixed intervals; a start that fails is put aside, and rings. */
export function startRegularly(scope: Construct, { board, name, lambda, everyMinutes }: ScheduleProps): void {
  const deadLetters = deadLetterQueue(scope, 'DeadLetters');
  const scheduler = new Role(scope, 'SchedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    description: `Ba Khong: starts the ${name}`,
  });
  scheduler.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }));
  scheduler.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
  new CfnSchedule(scope, 'Schedule', {
    description: `Ba Khong: ${name}`,
    scheduleExpression: `rate(${everyMinutes} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: lambda.functionArn,
      roleArn: scheduler.roleArn,
      retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
      deadLetterConfig: { arn: deadLetters.queueArn },
    },
  });
  watchDeadLetters(board, scope, name, deadLetters);
}

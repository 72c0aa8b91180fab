import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CASE_EVENT, ENV, TABLE } from '../../lib/platform/names.ts';
import { ALARM_PERIOD } from './alarm-board.ts';
import { CapabilityFunction } from './capability-function.ts';
import type { Surroundings } from './surroundings.ts';
import { deadLetterQueue, watchDeadLetters } from './work-queue.ts';

export interface RelayProps {
  readonly sign: IQueue;
  readonly delivery: IQueue;
  readonly notify: IQueue;
  readonly evidence: IQueue;
}

/** Turns every new case event in the table's stream into work for the queues. */
export class Relay extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings, { sign, delivery, notify, evidence }: RelayProps) {
    super(scope, id);
    const { data, board } = around;
    const deadLetters = deadLetterQueue(this, 'DeadLetters');
    const relay = new CapabilityFunction(this, 'Worker', around, {
      name: 'relay',
      description: 'Hands new case events to the queues',
      memoryMb: 512,
      timeout: Duration.seconds(30),
      environment: {
        [ENV.signQueueUrl]: sign.queueUrl,
        [ENV.deliveryQueueUrl]: delivery.queueUrl,
        [ENV.notifyQueueUrl]: notify.queueUrl,
        [ENV.evidenceQueueUrl]: evidence.queueUrl,
      },
      grants: [...data.tableStream(), ...data.send(sign, delivery, notify, evidence)],
    });
    const mapping = new EventSourceMapping(this, 'Stream', {
      target: relay.lambda,
      eventSourceArn: data.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 25,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 10,
      onFailure: new SqsDlq(deadLetters),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { NewImage: { [TABLE.entity]: { S: FilterRule.isEqual(CASE_EVENT) } } },
        }),
      ],
    });
    mapping.node.addDependency(relay.role);
    watchDeadLetters(board, this, 'relay', deadLetters);
    board.add(this, 'Behind', {
      name: 'relay-behind',
      runbook: 'relay-behind',
      means: 'The relay is more than a minute behind the table.',
      metric: relay.lambda.metric('IteratorAge', { period: ALARM_PERIOD, statistic: Stats.MAXIMUM }),
      atLeast: Duration.minutes(1).toMilliseconds(),
    });
  }
}

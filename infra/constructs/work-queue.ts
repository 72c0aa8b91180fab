import { Duration, Validations } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmBoard } from './alarm-board.ts';

export interface WorkQueueProps {
  /** Name in alarms and in the runbook: `sign`, `delivery`, … */
  readonly name: string;
  /** Timeout of the function that works on it. A message stays hidden for six times as long, as Lambda asks. */
  readonly workerTimeout: Duration;
}

/** A message is tried this often before it is put aside. */
const MAX_RECEIVES = 5;

/** A queue of work with its dead-letter queue: encrypted, TLS only, five tries. Messages hold ids only. */
export class WorkQueue extends Construct {
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.name = props.name;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(props.workerTimeout.toSeconds() * 6),
      retentionPeriod: Duration.days(4),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
  }

  /** Rings when work was given up, and when it waits longer than anyone should. */
  watch(board: AlarmBoard, scope: Construct): void {
    watchDeadLetters(board, scope, this.name, this.deadLetters);
    board.add(scope, 'Waiting', {
      name: `waiting-${this.name}`,
      runbook: 'waiting',
      means: `The oldest message of the ${this.name} queue has waited for 15 minutes.`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: Stats.MAXIMUM }),
      atLeast: Duration.minutes(15).toSeconds(),
    });
  }
}

/** Keeps what was given up for the longest time SQS allows. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is itself where undeliverable work ends.' });
  return queue;
}

/** Rings as soon as one message lies in a dead-letter queue. */
export function watchDeadLetters(board: AlarmBoard, scope: Construct, name: string, queue: Queue): void {
  board.add(scope, 'DeadLettersFound', {
    name: `dlq-${name}`,
    runbook: `dlq-${name}`,
    means: `Work for ${name} was given up after all its tries.`,
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: Stats.MAXIMUM }),
    atLeast: 1,
  });
}

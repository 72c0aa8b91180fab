import { Duration } from 'aws-cdk-lib';
import { Metric, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { Mail } from './mail.ts';
import type { Surroundings } from './surroundings.ts';
import { WorkQueue } from './work-queue.ts';

const NOTIFY_TIMEOUT = Duration.seconds(30);
const MAIL_EVENTS_TIMEOUT = Duration.seconds(15);

/** Mail to people: one worker sends, another learns from SES what was sent, so that nothing is sent twice. */
export class Notifications extends Construct {
  readonly queue: IQueue;
  readonly mail: Mail;

  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    this.mail = new Mail(this, 'Mail', around.settings);
    this.queue = this.#sending(new Construct(this, 'Sending'), around).queue;
    this.#reports(new Construct(this, 'Reports'), around);
    around.board.add(this, 'Bounces', {
      name: 'mail-bounces',
      runbook: 'mail-bounces',
      means: 'More than 4 % of the mail of this account bounces; SES reviews an account at 5 % and stops it at 10 %.',
      metric: new Metric({
        namespace: 'AWS/SES',
        metricName: 'Reputation.BounceRate',
        period: Duration.hours(1),
        statistic: Stats.MAXIMUM,
        unit: Unit.NONE,
      }),
      atLeast: 0.04,
    });
  }

  #sending(scope: Construct, around: Surroundings): WorkQueue {
    const { data, settings, board } = around;
    const work = new WorkQueue(scope, 'Work', { name: 'notify', workerTimeout: NOTIFY_TIMEOUT });
    const worker = new CapabilityFunction(scope, 'Worker', around, {
      name: 'notify-worker',
      description: 'Writes and sends mail',
      memoryMb: 512,
      timeout: NOTIFY_TIMEOUT,
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.mailSender]: this.mail.sender,
        [ENV.mailConfigurationSet]: this.mail.configurationSetName,
        [ENV.portalUrl]: `https://${settings.domain}`,
      },
      grants: [...data.tableReadWrite(), ...this.mail.send()],
    });
    worker.consume(work, { batchSize: 5, atOnce: settings.limits.workers });
    work.watch(board, scope);
    return work;
  }

  #reports(scope: Construct, around: Surroundings): void {
    const { data, settings, board } = around;
    const work = new WorkQueue(scope, 'Work', { name: 'mail-events', workerTimeout: MAIL_EVENTS_TIMEOUT });
    const worker = new CapabilityFunction(scope, 'Worker', around, {
      name: 'mail-events-worker',
      description: 'Notes which mails SES has taken',
      memoryMb: 256,
      timeout: MAIL_EVENTS_TIMEOUT,
      environment: { [ENV.tableName]: data.names.table },
      grants: data.tableReadWrite(),
    });
    worker.consume(work, { batchSize: 10, atOnce: settings.limits.workers });
    work.watch(board, scope);
    new Rule(scope, 'Sent', {
      description: 'Mails that SES has taken for this stage',
      eventPattern: {
        source: ['aws.ses'],
        detailType: ['Email Sent'],
        detail: { mail: { tags: { 'ses:configuration-set': [this.mail.configurationSetName] } } },
      },
      targets: [new SqsQueue(work.queue, { deadLetterQueue: work.deadLetters })],
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';

/** File whose headings the alarms link to. */
const RUNBOOK = 'docs/operations.md';

export interface AlarmOptions {
  /** Part of the alarm's name: `ba-khong-<stage>-<name>`. */
  readonly name: string;
  /** Heading of the runbook entry, as an anchor. */
  readonly runbook: string;
  /** What is wrong when it rings, in one sentence. */
  readonly means: string;
  readonly metric: IMetric;
  /** Rings at this value or above; one period is enough unless `periods` says otherwise. */
  readonly atLeast: number;
  readonly periods?: number;
}

/** All alarms go to one topic, and each says where in the runbook to go on. */
export class AlarmBoard extends Construct {
  readonly topic: Topic;
  readonly #stage: string;

  constructor(scope: Construct, id: string, settings: StageSettings) {
    super(scope, id);
    this.#stage = settings.name;
    this.topic = new Topic(this, 'Topic', { displayName: `Ba Khong ${settings.name} alarms`, enforceSSL: true });
    if (settings.mail.alarms) this.topic.addSubscription(new EmailSubscription(settings.mail.alarms));
  }

  add(scope: Construct, id: string, options: AlarmOptions): Alarm {
    const alarm = new Alarm(scope, id, {
      alarmName: `ba-khong-${this.#stage}-${options.name}`,
      alarmDescription: `${options.means} Runbook: ${RUNBOOK}#${options.runbook}`,
      metric: options.metric,
      threshold: options.atLeast,
      evaluationPeriods: options.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    return alarm;
  }
}

/** Metrics are looked at over five minutes. */
export const ALARM_PERIOD = Duration.minutes(5);

import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { CapabilityFunction } from './capability-function.ts';
import { startRegularly } from './schedule.ts';
import { signatureSettings } from './signature-settings.ts';
import type { Surroundings } from './surroundings.ts';

const EVERY = Duration.hours(1);

/**
 * The daily root over the event logs of all cases, timestamped and put under Object Lock. A function of its own: of the objects
 * it reaches the roots alone, no document, no key and no queue.
 */
export class DailyRoot extends Construct {
  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { data, settings, board } = around;
    const { lambda } = new CapabilityFunction(this, 'Worker', around, {
      name: 'daily-root',
      description: 'Writes and timestamps the daily root over all event logs',
      memoryMb: 1024,
      timeout: Duration.minutes(5),
      environment: {
        [ENV.tableName]: data.names.table,
        [ENV.documentsBucket]: data.names.documents,
        ...signatureSettings(this, settings),
      },
      grants: [...data.tableReadWrite(), ...data.rootsKeep()],
    });
    startRegularly(this, { board, name: 'daily-root', lambda, everyMinutes: EVERY.toMinutes() });
    board.add(this, 'Failed', {
      name: 'daily-root-failed',
      runbook: 'daily-root-failed',
      means: 'The daily root over the event logs could not be written, or has had no timestamp for a day.',
      metric: lambda.metricErrors({ period: EVERY, statistic: Stats.SUM }),
      atLeast: 1,
    });
  }
}

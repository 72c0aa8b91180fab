import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';

/** A log of the stage, kept as long as its settings say; in production it outlives the stack. */
export function stageLog(scope: Construct, id: string, settings: StageSettings, name: string): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: `/ba-khong/${settings.name}/${name}`,
    retention: settings.logRetentionDays,
    removalPolicy: settings.name === 'production' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

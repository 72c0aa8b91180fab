import { type Duration, type Size, Stack, Validations } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../lib/platform/names.ts';
import { FONTS_FOLDER, type FunctionName, WITH_FONTS } from '../functions.ts';
import { ALARM_PERIOD } from './alarm-board.ts';
import { type Grant, wildcardResources } from './grant.ts';
import { stageLog } from './logs.ts';
import type { Surroundings } from './surroundings.ts';
import type { WorkQueue } from './work-queue.ts';

export interface CapabilityFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  /** Scratch space under /tmp; 512 MiB unless told. */
  readonly scratch?: Size;
  readonly environment: Readonly<Record<string, string>>;
  /** What it may do, and nothing else. */
  readonly grants: readonly Grant[];
}

/** A Lambda with a role, a log group and alarms of its own. */
export class CapabilityFunction extends Construct {
  readonly role: Role;
  readonly lambda: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    { settings, bundles, board }: Surroundings,
    props: CapabilityFunctionProps,
  ) {
    super(scope, id);
    const logs = stageLog(this, 'Logs', settings, props.name);
    this.role = ownRole(this, logs, props);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: `ba-khong-${settings.name}-${props.name}`,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundles.folder(props.name)),
      handler: 'index.handler',
      memorySize: props.memoryMb,
      timeout: props.timeout,
      ...(props.scratch === undefined ? {} : { ephemeralStorageSize: props.scratch }),
      role: this.role,
      logGroup: logs,
      tracing: Tracing.ACTIVE,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.name,
        ...(WITH_FONTS.includes(props.name) ? { [ENV.fontsDir]: FONTS_FOLDER } : {}),
        ...props.environment,
      },
    });
    this.#watch(board, props.name);
  }

  /** Works on a queue; a failed message alone is tried again (`ReportBatchItemFailures`). */
  consume({ queue }: WorkQueue, options: { readonly batchSize: number; readonly atOnce: number }): void {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [queue.queueArn],
      }),
    );
    const mapping = new EventSourceMapping(this, 'Work', {
      target: this.lambda,
      eventSourceArn: queue.queueArn,
      batchSize: options.batchSize,
      maxConcurrency: options.atOnce,
      reportBatchItemFailures: true,
    });
    mapping.node.addDependency(this.role);
  }

  #watch(board: Surroundings['board'], name: string): void {
    board.add(this, 'Errors', {
      name: `errors-${name}`,
      runbook: 'errors',
      means: `The function ${name} failed or ran out of time.`,
      metric: this.lambda.metricErrors({ period: ALARM_PERIOD, statistic: Stats.SUM }),
      atLeast: 5,
    });
    board.add(this, 'Throttles', {
      name: `throttles-${name}`,
      runbook: 'throttles',
      means: `The function ${name} was not allowed to start as often as it was called.`,
      metric: this.lambda.metricThrottles({ period: ALARM_PERIOD, statistic: Stats.SUM }),
      atLeast: 1,
      periods: 2,
    });
  }
}

/** Written out instead of taking AWSLambdaBasicExecutionRole, which lets a function write to every log group. */
function ownRole(scope: Construct, logs: LogGroup, props: CapabilityFunctionProps): Role {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Ba Khong: ${props.name}`,
  });
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logs.logGroupArn],
    }),
  );
  const reasons = new Map([['Resource::*', 'PutTraceSegments and PutTelemetryRecords of X-Ray know no resource.']]);
  for (const { statement, wildcard } of props.grants) {
    role.addToPrincipalPolicy(statement);
    if (!wildcard) continue;
    for (const finding of wildcardResources(statement, Stack.of(scope))) {
      reasons.set(finding, [reasons.get(finding), wildcard].filter(Boolean).join(' '));
    }
  }
  for (const [finding, reason] of reasons) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
  return role;
}

import { join } from 'node:path';
import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { Json, JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import { compileFilterCriteria, compilePattern } from '../events/pattern.ts';
import { QueueMapping } from '../events/queue-mapping.ts';
import { Schedule } from '../events/schedule.ts';
import { StreamMapping } from '../events/stream-mapping.ts';
import { nameOf, readTarget, targetOf } from '../events/target.ts';
import type { LocalFunction } from '../functions/function.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

const QUEUE_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const STREAM_ACTIONS = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

/** Lambda refuses a mapping whose function's role may not read the source; so does the laptop, at the start. */
function requirePermissions(laptop: Laptop, fn: LocalFunction, actions: readonly string[], arn: string): void {
  const role = laptop.access.role(fn.definition.roleArn);
  const decision = laptop.access.authorizeRole(
    role,
    actions.map((action) => ({ action, resource: arn })),
  );
  if (decision.allowed) return;
  const { action, resource } = decision.missing;
  throw new LocalError(
    'AccessDenied',
    `the role of ${fn.definition.id} may not ${action} on ${resource}: ${decision.reason}`,
  );
}

function failureDestination(laptop: Laptop, fn: LocalFunction, properties: JsonObject, id: string) {
  const { OnFailure } = (properties.DestinationConfig ?? {}) as Record<string, JsonObject>;
  if (!OnFailure) return undefined;
  const arn = String(OnFailure.Destination);
  if (arn.split(':')[2] !== 'sqs')
    throw new LocalError('UnsupportedValue', `its failure destination ${arn} is no queue`);
  requirePermissions(laptop, fn, ['sqs:SendMessage'], arn);
  return async (description: Json) => {
    await laptop.sqs.send(nameOf(arn), { MessageBody: JSON.stringify(description) }, id);
  };
}

function createMapping(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const fn = laptop.functions.named(String(properties.FunctionName));
  const arn = String(properties.EventSourceArn);
  const service = arn.split(':')[2];
  if (properties.Enabled === false) return { ref: context.physicalName() };
  const reportsFailures = listOf<string>(properties.FunctionResponseTypes).includes('ReportBatchItemFailures');
  const shared = { id: context.id, reportsFailures, filter: compileFilterCriteria(properties.FilterCriteria) };
  if (service === 'sqs') laptop.running.push(queueMapping(laptop, properties, fn, arn, shared));
  else if (service === 'dynamodb') laptop.running.push(streamMapping(laptop, properties, fn, arn, shared));
  else throw new LocalError('UnsupportedValue', `its source ${arn} is neither a queue nor a table's stream`);
  return { ref: context.physicalName() };
}

type Shared = {
  readonly id: string;
  readonly reportsFailures: boolean;
  readonly filter: ReturnType<typeof compileFilterCriteria>;
};

function queueMapping(laptop: Laptop, properties: JsonObject, fn: LocalFunction, queueArn: string, shared: Shared) {
  const { MaximumConcurrency } = (properties.ScalingConfig ?? {}) as JsonObject;
  const mapping = new QueueMapping(
    {
      ...shared,
      queue: nameOf(queueArn),
      queueArn,
      batchSize: Number(properties.BatchSize ?? 10),
      maximumConcurrency: MaximumConcurrency === undefined ? undefined : Number(MaximumConcurrency),
    },
    fn,
    { ...laptop, region: laptop.functionDeps.region },
  );
  return {
    id: shared.id,
    start: () => {
      requirePermissions(laptop, fn, QUEUE_ACTIONS, queueArn);
      mapping.start();
    },
    stop: () => mapping.stop(),
  };
}

function streamMapping(laptop: Laptop, properties: JsonObject, fn: LocalFunction, streamArn: string, shared: Shared) {
  const table = streamArn.split('/')[1] as string;
  let mapping: StreamMapping | undefined;
  return {
    id: shared.id,
    start: async () => {
      requirePermissions(laptop, fn, STREAM_ACTIONS, streamArn);
      mapping = new StreamMapping(
        {
          ...shared,
          startingPosition: properties.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
          batchSize: Number(properties.BatchSize ?? 100),
          maximumRetries: Number(properties.MaximumRetryAttempts ?? -1),
          maximumAgeSeconds: Number(properties.MaximumRecordAgeInSeconds ?? -1),
          bisects: properties.BisectBatchOnFunctionError === true,
          positionFile: join(laptop.stateDir, 'streams', `${shared.id.replaceAll('/', '-')}.position`),
        },
        fn,
        {
          ...laptop,
          source: await laptop.tables.stream(table),
          deadLetter: failureDestination(laptop, fn, properties, shared.id),
        },
      );
      await mapping.start();
    },
    stop: () => mapping?.stop(),
  };
}

function createRule(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const name = String(properties.Name ?? context.physicalName());
  const arn = context.arn('events', `rule/${name}`);
  const caller = { service: 'events.amazonaws.com', sourceArn: arn };
  const created = { ref: name, attributes: { Arn: arn } };
  if (properties.State === 'DISABLED') return created;
  const targets = listOf<JsonObject>(properties.Targets).map((target) =>
    targetOf(laptop, {
      id: context.id,
      ...readTarget(target),
      authorize: (permission) => laptop.access.authorizeService(caller, permission),
    }),
  );
  const deliver = async (event: Json) => {
    await Promise.all(targets.map((send) => send(event)));
  };
  if (properties.EventPattern)
    laptop.events.add({ pattern: compilePattern(properties.EventPattern as JsonObject), deliver });
  if (properties.ScheduleExpression) {
    const event = {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      resources: [arn],
      detail: {},
    };
    const run = () => deliver({ ...event, time: `${new Date(laptop.clock.now()).toISOString().slice(0, 19)}Z` });
    laptop.running.push(
      new Schedule(laptop, { id: context.id, expression: String(properties.ScheduleExpression), run }),
    );
  }
  return created;
}

function createSchedule(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const name = String(properties.Name ?? context.physicalName());
  const arn = context.arn('scheduler', `schedule/default/${name}`);
  const { Mode } = (properties.FlexibleTimeWindow ?? {}) as JsonObject;
  if (Mode !== 'OFF') throw new LocalError('UnsupportedValue', 'flexible time windows are not known on a laptop');
  const created = { ref: name, attributes: { Arn: arn } };
  if (properties.State === 'DISABLED') return created;
  const target = properties.Target as JsonObject;
  const role = laptop.access.assume(String(target.RoleArn), 'scheduler.amazonaws.com', {
    'aws:SourceAccount': context.account,
    'aws:SourceArn': context.arn('scheduler', 'schedule-group/default'),
  });
  const send = targetOf(laptop, {
    id: context.id,
    ...readTarget(target),
    authorize: (permission) => laptop.access.authorizeRole(role, [permission]),
  });
  const zone =
    properties.ScheduleExpressionTimezone === undefined ? undefined : String(properties.ScheduleExpressionTimezone);
  const expression = String(properties.ScheduleExpression);
  laptop.running.push(new Schedule(laptop, { id: context.id, expression, zone, run: () => send({}) }));
  return created;
}

/** Event-source mappings, rules and schedules: all that sets functions off besides requests. */
export function eventSourceTypes(laptop: Laptop): ResourceTypes {
  return {
    'AWS::Lambda::EventSourceMapping': {
      properties: [
        'BatchSize',
        'BisectBatchOnFunctionError',
        'DestinationConfig',
        'Enabled',
        'EventSourceArn',
        'FilterCriteria',
        'FunctionName',
        'FunctionResponseTypes',
        'MaximumRecordAgeInSeconds',
        'MaximumRetryAttempts',
        'ScalingConfig',
        'StartingPosition',
      ],
      ignored: {
        MaximumBatchingWindowInSeconds: 'an upper bound: batches are handed over as soon as a poller is free',
        MetricsConfig: 'metrics are for operators of an AWS account',
        ParallelizationFactor: 'an upper bound: one batch at a time keeps the same order',
        Tags: DESCRIBES,
      },
      create: (properties, context) => createMapping(laptop, properties, context),
    },
    'AWS::Events::Rule': {
      properties: ['EventPattern', 'Name', 'ScheduleExpression', 'State', 'Targets'],
      ignored: { Description: DESCRIBES, Tags: DESCRIBES },
      create: (properties, context) => createRule(laptop, properties, context),
    },
    'AWS::Scheduler::Schedule': {
      properties: ['FlexibleTimeWindow', 'Name', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
      ignored: { Description: DESCRIBES, KmsKeyArn: 'encrypts the input at rest' },
      create: (properties, context) => createSchedule(laptop, properties, context),
    },
  };
}

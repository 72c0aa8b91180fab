import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { stageSettings } from '../../infra/stages.ts';
import { functionNamed, ofType, only, type Resource, stacksOf } from './synthesized.ts';

const stacks = stacksOf('staging');
const { service, all } = stacks;
const settings = stageSettings('staging');

const refOf = (value: Record<string, unknown>): string => JSON.stringify(value);

describe('functions', () => {
  test.each(FUNCTION_NAMES)('%s runs on Node 24 on arm64, is traced, and logs for a limited time', (name) => {
    const { properties } = functionNamed(stacks, name);
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    const log = all.find(({ id }) => id === properties.LoggingConfig.LogGroup.Ref);
    expect(log?.properties).toMatchObject({
      LogGroupName: `/ba-khong/staging/${name}`,
      RetentionInDays: settings.logRetentionDays,
    });
  });

  test('an API function answers before API Gateway gives up', () => {
    for (const name of FUNCTION_NAMES.filter((one) => one.endsWith('-api'))) {
      expect(functionNamed(stacks, name).properties.Timeout).toBeLessThan(30);
    }
  });
});

describe('queues', () => {
  const queues = ofType(all, 'AWS::SQS::Queue');
  const working = queues.filter(({ properties }) => properties.RedrivePolicy);
  const deadLetters = queues.filter(({ properties }) => !properties.RedrivePolicy);
  const mappings = ofType(service, 'AWS::Lambda::EventSourceMapping');

  test('each has a dead-letter queue of its own and five tries', () => {
    expect(working).toHaveLength(6);
    const targets = working.map(({ properties }) => properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]);
    expect(new Set(targets).size).toBe(6);
    for (const { properties } of working) expect(properties.RedrivePolicy.maxReceiveCount).toBe(5);
  });

  test('every dead-letter queue has its alarm, at the first message', () => {
    const watched = ofType(service, 'AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties.AlarmName.includes('-dlq-'))
      .map(({ properties }) => ({ threshold: properties.Threshold, queue: refOf(properties.Dimensions[0].Value) }));
    expect(watched).toHaveLength(deadLetters.length);
    expect(watched.filter(({ threshold }) => threshold !== 1)).toEqual([]);
    for (const { id } of deadLetters) expect(watched.some(({ queue }) => queue.includes(id))).toBe(true);
  });

  test('messages stay hidden six times as long as their worker may take, and fail one by one', () => {
    const onQueues = mappings.filter(({ properties }) => !refOf(properties.EventSourceArn).includes('Stream'));
    expect(onQueues).toHaveLength(6);
    for (const { properties } of onQueues) {
      const worker = service.find(({ id }) => id === properties.FunctionName.Ref)!;
      const queue = queues.find(({ id }) => refOf(properties.EventSourceArn).includes(id))!;
      expect(queue.properties.VisibilityTimeout).toBe(6 * worker.properties.Timeout);
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  test('the relay is handed new case events alone, and what it cannot hand on is kept', () => {
    const relay = mappings.find(({ properties }) => refOf(properties.EventSourceArn).includes('Stream'))!;
    expect(relay.properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: expect.anything() } },
    });
    expect(JSON.parse(relay.properties.FilterCriteria.Filters[0].Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { NewImage: { entity: { S: ['CaseEvent'] } } },
    });
  });

  test('all are encrypted and refuse anything but TLS', () => {
    for (const { id, properties } of queues) {
      expect(properties.SqsManagedSseEnabled).toBe(true);
      const policy = ofType(all, 'AWS::SQS::QueuePolicy').find((one) => one.properties.Queues[0].Ref === id);
      expect(refOf(policy?.properties.PolicyDocument)).toContain('"aws:SecureTransport":"false"');
    }
  });
});

describe('API', () => {
  const routes = ofType(service, 'AWS::ApiGatewayV2::Route');
  const key = ({ properties }: Resource): string => properties.RouteKey;

  test('the routes that need no sign-in are these', () => {
    const open = routes.filter(({ properties }) => properties.AuthorizationType !== 'JWT');
    expect(open.map(key).sort()).toEqual([
      'GET /api/health',
      'GET /api/openapi.json',
      'GET /api/verify/{code}',
      'POST /api/verify',
      'POST /api/verify/uploads',
      'POST /api/verify/uploads/{id}/report',
    ]);
  });

  test('all others belong to one capability and pass the authorizer of the user pool', () => {
    const closed = routes.filter(({ properties }) => properties.AuthorizationType === 'JWT');
    const paths =
      'uploads documents petitions dispatches incoming registers evidence-bundles me units people trust'.split(' ');
    const signing = ['/api/petitions/{code}/answer', '/api/dispatches/{code}'].flatMap((path) => [
      `POST ${path}/sign`,
      `POST ${path}/issue`,
      `GET ${path}/signing/places`,
      `POST ${path}/signing/prepare`,
      `POST ${path}/signing/complete`,
    ]);
    expect(closed.map(key).sort()).toEqual(
      [...paths.flatMap((path) => [`ANY /api/${path}`, `ANY /api/${path}/{proxy+}`]), ...signing].sort(),
    );
    const authorizer = only(service, 'AWS::ApiGatewayV2::Authorizer');
    expect(closed.filter(({ properties }) => properties.AuthorizerId.Ref !== authorizer.id)).toEqual([]);
    expect(refOf(authorizer.properties.JwtConfiguration.Issuer)).toContain('ProviderURL');
    expect(refOf(authorizer.properties.JwtConfiguration.Audience)).toContain('Portal');
  });

  test('there is no default route and no CORS', () => {
    expect(routes.map(key)).not.toContain('$default');
    expect(only(service, 'AWS::ApiGatewayV2::Api').properties.CorsConfiguration).toBeUndefined();
  });

  test('requests are throttled, those of strangers apart', () => {
    const stage = only(service, 'AWS::ApiGatewayV2::Stage').properties;
    expect(stage.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: settings.limits.rate,
      ThrottlingBurstLimit: settings.limits.burst,
    });
    const like = ['GET /api/verify/{code}', 'POST /api/verify', 'POST /api/verify/uploads/{id}/report'];
    for (const open of ['GET /api/health', 'GET /api/openapi.json', ...like]) {
      expect(stage.RouteSettings[open].ThrottlingRateLimit).toBe(settings.limits.publicRate);
    }
    expect(stage.RouteSettings['POST /api/verify/uploads']).toMatchObject({
      ThrottlingRateLimit: settings.verification.uploadRate,
      ThrottlingBurstLimit: settings.verification.uploadBurst,
    });
  });

  test('the access log shows routes and figures, nothing about the person', () => {
    const { Format } = only(service, 'AWS::ApiGatewayV2::Stage').properties.AccessLogSettings;
    const variables = Object.values(JSON.parse(Format));
    expect(variables).toContain('$context.requestId');
    for (const telling of ['identity', 'authorizer', 'context.path', 'querystring', 'domainName']) {
      expect(Format).not.toContain(telling);
    }
  });
});

describe('mail', () => {
  test('what SES takes for this stage is told to the mail-events queue', () => {
    expect(only(service, 'AWS::SES::ConfigurationSetEventDestination').properties.EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: expect.arrayContaining(['send']),
      EventBridgeDestination: expect.anything(),
    });
    const rule = only(service, 'AWS::Events::Rule').properties;
    expect(rule.EventPattern).toEqual({
      source: ['aws.ses'],
      'detail-type': ['Email Sent'],
      detail: { mail: { tags: { 'ses:configuration-set': ['ba-khong-staging'] } } },
    });
    expect(refOf(rule.Targets[0].Arn)).toContain('Reports');
  });
});

test.each([
  ['sweep', settings.sweepEveryMinutes],
  ['daily-root', 60],
] as const)('the %s is started every %i minutes, by a role that can do only that', (name, minutes) => {
  const { id } = functionNamed(stacks, name);
  const schedules = ofType(service, 'AWS::Scheduler::Schedule');
  expect(schedules).toHaveLength(2);
  const { properties } = schedules.find((one) => one.properties.Target.Arn['Fn::GetAtt'][0] === id)!;
  expect(properties.ScheduleExpression).toBe(`rate(${minutes} minutes)`);
  const role = properties.Target.RoleArn['Fn::GetAtt'][0];
  const policies = ofType(service, 'AWS::IAM::Policy').filter((one) => one.properties.Roles[0].Ref === role);
  const actions = policies.flatMap((one) =>
    one.properties.PolicyDocument.Statement.map((statement: { Action: string }) => statement.Action),
  );
  expect(actions.sort()).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage']);
});

describe('alarms', () => {
  const alarms = ofType(service, 'AWS::CloudWatch::Alarm');
  const anchorOf = ({ properties }: Resource) => /docs\/operations\.md#(\S+)$/.exec(properties.AlarmDescription)?.[1];
  const runbook = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const entries = [...runbook.slice(runbook.indexOf('\n## Alarms')).matchAll(/^### (\S+)$/gm)].map(([, name]) => name);

  test('each links to an entry of the runbook, and no entry is left without an alarm', () => {
    expect(alarms.filter((alarm) => !entries.includes(anchorOf(alarm)))).toEqual([]);
    expect(new Set(alarms.map(anchorOf))).toEqual(new Set(entries));
  });

  test('each tells the topic when it rings and when it is over', () => {
    const topic = only(service, 'AWS::SNS::Topic').id;
    for (const { properties } of alarms) {
      expect(properties.AlarmActions).toEqual([{ Ref: topic }]);
      expect(properties.OKActions).toEqual([{ Ref: topic }]);
    }
    expect(only(service, 'AWS::SNS::Subscription').properties.Endpoint).toBe(settings.mail.alarms);
  });

  test('failures, refusals to start and server errors are watched for every function', () => {
    const names = alarms.map(({ properties }) => properties.AlarmName);
    for (const name of FUNCTION_NAMES) {
      expect(names).toContain(`ba-khong-staging-errors-${name}`);
      expect(names).toContain(`ba-khong-staging-throttles-${name}`);
    }
    expect(names).toEqual(expect.arrayContaining(['ba-khong-staging-api-5xx', 'ba-khong-staging-relay-behind']));
  });
});

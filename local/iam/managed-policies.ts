import { LocalError } from '../errors.ts';
import { type Policy, parsePolicy } from './policy.ts';

const allow = (...actions: string[]): Policy =>
  parsePolicy({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** What AWS's own managed policies grant, for those that roles of functions are given. */
const MANAGED: Readonly<Record<string, Policy>> = {
  AWSLambdaBasicExecutionRole: allow(...LOGS),
  AWSLambdaVPCAccessExecutionRole: allow(...LOGS, ...NETWORK),
  AWSLambdaSQSQueueExecutionRole: allow(...LOGS, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
  AWSLambdaDynamoDBExecutionRole: allow(
    ...LOGS,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ),
  AWSXRayDaemonWriteAccess: allow(
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ),
  CloudWatchLambdaInsightsExecutionRolePolicy: allow(...LOGS),
};

/**
 * The statements of an AWS managed policy, by ARN.
 * @throws LocalError `UnsupportedValue` for one that is not in the table
 */
export function managedPolicy(arn: string): Policy {
  const policy = MANAGED[arn.split('/').at(-1) ?? ''];
  if (!policy) throw new LocalError('UnsupportedValue', `the managed policy ${arn} is not known on a laptop`);
  return policy;
}

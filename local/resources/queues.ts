import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { parsePolicy } from '../iam/policy.ts';
import type { QueueSettings } from '../services/sqs/sqs.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

/** Properties that are SQS attributes of the same name. */
const ATTRIBUTES = [
  'DelaySeconds',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

/** ARN of the key that a `KmsMasterKeyId` names; `undefined` for keys that AWS itself manages. */
export function customerKeyArn(named: unknown, context: ResourceContext): string | undefined {
  if (typeof named !== 'string' || named === '' || named.includes('alias/aws/')) return undefined;
  return named.startsWith('arn:') ? named : context.arn('kms', `key/${named}`);
}

async function createQueue(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const { QueueName, ...settings } = properties;
  const name = String(QueueName ?? context.physicalName(80));
  const { url, arn } = await laptop.sqs.createQueue(name, settings as QueueSettings);
  const key = customerKeyArn(settings.KmsMasterKeyId, context);
  if (key) laptop.access.encrypts(arn, key);
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
}

/** Queues and who may use them. */
export function queueTypes(laptop: Laptop): ResourceTypes {
  return {
    'AWS::SQS::Queue': {
      properties: ['QueueName', ...ATTRIBUTES],
      ignored: { Tags: DESCRIBES },
      create: (properties, context) => createQueue(laptop, properties, context),
    },
    'AWS::SQS::QueuePolicy': {
      properties: ['PolicyDocument', 'Queues'],
      create: (properties, context) => {
        const policy = parsePolicy(properties.PolicyDocument);
        for (const url of listOf<string>(properties.Queues)) {
          laptop.access.attach(laptop.sqs.queueArn(url.slice(url.lastIndexOf('/') + 1)), policy);
        }
        return { ref: context.physicalName() };
      },
    },
  };
}

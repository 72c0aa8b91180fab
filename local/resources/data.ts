import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { parsePolicy } from '../iam/policy.ts';
import type { KeyDeclaration } from '../services/kms/kms.ts';
import { DESCRIBES, type Laptop } from './laptop.ts';
import { customerKeyArn } from './queues.ts';

async function createKey(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const { keyId, arn } = await laptop.kms.createKey(context.id, properties as unknown as KeyDeclaration);
  if (properties.KeyPolicy) laptop.access.attach(arn, parsePolicy(properties.KeyPolicy));
  return { ref: keyId, attributes: { Arn: arn, KeyId: keyId } };
}

async function createTable(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  const name = String(properties.TableName ?? context.physicalName(255));
  const { arn, streamArn } = await laptop.tables.createTable(name, properties);
  const key = customerKeyArn((properties.SSESpecification as JsonObject | undefined)?.KMSMasterKeyId, context);
  if (key) laptop.access.encrypts(arn, key);
  return { ref: name, attributes: { Arn: arn, ...(streamArn && { StreamArn: streamArn }) } };
}

/** Tables and keys. */
export function dataTypes(laptop: Laptop): ResourceTypes {
  return {
    'AWS::KMS::Key': {
      properties: ['Description', 'EnableKeyRotation', 'Enabled', 'KeyPolicy', 'KeySpec', 'KeyUsage', 'Tags'],
      ignored: {
        MultiRegion: 'the laptop is one region',
        PendingWindowInDays: 'nobody deletes the stack here',
      },
      create: (properties, context) => createKey(laptop, properties, context),
    },
    'AWS::KMS::Alias': {
      properties: ['AliasName', 'TargetKeyId'],
      create: async (properties) => {
        const name = String(properties.AliasName);
        await laptop.kms.createAlias(name, String(properties.TargetKeyId));
        return { ref: name };
      },
    },
    'AWS::DynamoDB::Table': {
      properties: [
        'AttributeDefinitions',
        'BillingMode',
        'GlobalSecondaryIndexes',
        'KeySchema',
        'LocalSecondaryIndexes',
        'ProvisionedThroughput',
        'SSESpecification',
        'StreamSpecification',
        'TableName',
        'TimeToLiveSpecification',
      ],
      ignored: {
        ContributorInsightsSpecification: 'a report for operators',
        DeletionProtectionEnabled: 'nobody deletes the stack here',
        OnDemandThroughput: 'the laptop does not throttle tables',
        PointInTimeRecoverySpecification: 'backups are the business of an AWS account',
        TableClass: 'changes the bill alone',
        Tags: DESCRIBES,
      },
      create: (properties, context) => createTable(laptop, properties, context),
    },
  };
}

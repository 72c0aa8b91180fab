import { LocalError } from '../../errors.ts';
import { type Input, isRecord } from '../json-protocol.ts';

/** A table as the template declares it, in the words of CreateTable. */
export interface TableDeclaration {
  readonly name: string;
  /** Input of CreateTable. */
  readonly create: Input;
  readonly ttlAttribute: string | undefined;
  /** Declared properties that have no effect on the laptop. */
  readonly notEmulated: readonly string[];
}

/** Declared for the cloud's sake; the laptop has no backups, insights, autoscaling or throttling. */
const NOT_EMULATED = new Set([
  'BillingMode',
  'ContributorInsightsSpecification',
  'OnDemandThroughput',
  'PointInTimeRecoverySpecification',
  'ProvisionedThroughput',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'ResourcePolicy',
  'TableClass',
  'WarmThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
]);

const EMULATED = new Set([
  'AttributeDefinitions',
  'DeletionProtectionEnabled',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'Region',
  'Replicas',
  'SSESpecification',
  'StreamSpecification',
  'TableName',
  'Tags',
  'TimeToLiveSpecification',
]);

/**
 * Reads the resolved properties of `AWS::DynamoDB::Table` or `AWS::DynamoDB::GlobalTable` (with one replica).
 * @throws LocalError `UnknownProperty` or `UnsupportedValue` for what would change a program's behaviour unseen
 */
export function readTableDeclaration(properties: Input): TableDeclaration {
  const name = String(properties.TableName ?? '');
  const replica = onlyReplica(properties, name);
  // A global table keeps some of its properties with its replica.
  const all = { ...replica, ...properties };
  const notEmulated = Object.keys(all)
    .filter((property) => NOT_EMULATED.has(property))
    .sort();
  const unknown = Object.keys(all).filter((property) => !NOT_EMULATED.has(property) && !EMULATED.has(property));
  if (unknown.length > 0)
    throw new LocalError('UnknownProperty', `the laptop's DynamoDB does not know ${unknown.join(', ')}`, name);
  const ttl = all.TimeToLiveSpecification;
  return {
    name,
    create: createInput(name, all, replica),
    ttlAttribute: isOn(ttl, 'Enabled') ? String(ttl.AttributeName) : undefined,
    notEmulated,
  };
}

function onlyReplica(properties: Input, name: string): Input {
  const replicas = properties.Replicas;
  if (replicas === undefined) return {};
  if (!Array.isArray(replicas) || replicas.length !== 1 || !isRecord(replicas[0])) {
    throw new LocalError('UnsupportedValue', 'a global table needs exactly one replica on the laptop', name);
  }
  return replicas[0];
}

function createInput(name: string, all: Input, replica: Input): Input {
  const stream = all.StreamSpecification;
  return {
    TableName: name,
    KeySchema: all.KeySchema,
    AttributeDefinitions: all.AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...indexesOf(all, 'GlobalSecondaryIndexes'),
    ...indexesOf(all, 'LocalSecondaryIndexes'),
    ...(isRecord(stream) && stream.StreamViewType
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }
      : {}),
    ...encryptionOf(all, replica),
    ...(all.DeletionProtectionEnabled === undefined
      ? {}
      : { DeletionProtectionEnabled: all.DeletionProtectionEnabled === true }),
    ...(Array.isArray(all.Tags) && all.Tags.length > 0 ? { Tags: all.Tags } : {}),
  };
}

function indexesOf(all: Input, kind: 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'): Input {
  const indexes = all[kind];
  if (!Array.isArray(indexes) || indexes.length === 0) return {};
  const plain = indexes
    .filter(isRecord)
    .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  return { [kind]: plain };
}

/** The key stands on the table itself, or with the replica of a global table. */
function encryptionOf(all: Input, replica: Input): Input {
  const sse = isRecord(all.SSESpecification) ? all.SSESpecification : {};
  const own = isRecord(replica.SSESpecification) ? replica.SSESpecification : {};
  const key = sse.KMSMasterKeyId ?? own.KMSMasterKeyId;
  if (sse.SSEEnabled !== true) return {};
  return { SSESpecification: { Enabled: true, SSEType: 'KMS', ...(key === undefined ? {} : { KMSMasterKeyId: key }) } };
}

function isOn(value: unknown, flag: string): value is Record<string, unknown> {
  return isRecord(value) && value[flag] === true;
}

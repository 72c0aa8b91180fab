import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import { BucketNotifications } from '../events/bucket-notifications.ts';
import { parsePolicy } from '../iam/policy.ts';
import type { BucketSettings, CorsRule, LifecycleRule } from '../services/s3/bucket-settings.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

/** Stops at a member that is not understood, so that no setting is lost without a word. */
function only(object: JsonObject, known: readonly string[], what: string): JsonObject {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown) throw new LocalError('UnknownProperty', `the laptop does not know ${what}.${unknown}`);
  return object;
}

const optional = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };

const days = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function corsRule(rule: JsonObject): CorsRule {
  only(rule, ['AllowedHeaders', 'AllowedMethods', 'AllowedOrigins', 'ExposedHeaders', 'Id', 'MaxAge'], 'CorsRule');
  return {
    allowedOrigins: listOf<string>(rule.AllowedOrigins),
    allowedMethods: listOf<string>(rule.AllowedMethods),
    allowedHeaders: listOf<string>(rule.AllowedHeaders),
    exposeHeaders: listOf<string>(rule.ExposedHeaders),
    ...optional('maxAgeSeconds', days(rule.MaxAge)),
  };
}

const LIFECYCLE = [
  'AbortIncompleteMultipartUpload',
  'ExpirationInDays',
  'ExpiredObjectDeleteMarker',
  'Id',
  'NoncurrentVersionExpiration',
  'Prefix',
  'Status',
];
/** Moving to a colder class changes the bill, not what a function reads. */
const LIFECYCLE_IGNORED = ['Transitions', 'NoncurrentVersionTransitions'];

function lifecycleRule(rule: JsonObject, index: number): LifecycleRule {
  only(rule, [...LIFECYCLE, ...LIFECYCLE_IGNORED], 'LifecycleRule');
  const { DaysAfterInitiation } = (rule.AbortIncompleteMultipartUpload ?? {}) as JsonObject;
  const { NoncurrentDays } = (rule.NoncurrentVersionExpiration ?? {}) as JsonObject;
  return {
    id: String(rule.Id ?? `rule-${index}`),
    enabled: rule.Status === 'Enabled',
    prefix: String(rule.Prefix ?? ''),
    ...optional('expirationDays', days(rule.ExpirationInDays)),
    ...optional('expiredDeleteMarkers', rule.ExpiredObjectDeleteMarker === true ? true : undefined),
    ...optional('noncurrentDays', days(NoncurrentDays)),
    ...optional('abortIncompleteDays', days(DaysAfterInitiation)),
  };
}

function objectLock(properties: JsonObject): BucketSettings['objectLock'] {
  if (properties.ObjectLockEnabled !== true) return undefined;
  const { Rule } = (properties.ObjectLockConfiguration ?? {}) as { readonly Rule?: JsonObject };
  const retention = Rule?.DefaultRetention as JsonObject | undefined;
  if (!retention) return {};
  const total = retention.Years === undefined ? Number(retention.Days) : Number(retention.Years) * 365;
  return { retention: { mode: retention.Mode as 'GOVERNANCE' | 'COMPLIANCE', days: total } };
}

function encryption(properties: JsonObject): BucketSettings['encryption'] {
  const { ServerSideEncryptionConfiguration } = (properties.BucketEncryption ?? {}) as JsonObject;
  const [rule] = listOf<JsonObject>(ServerSideEncryptionConfiguration);
  const { SSEAlgorithm, KMSMasterKeyID } = (rule?.ServerSideEncryptionByDefault ?? {}) as JsonObject;
  if (SSEAlgorithm === undefined) return undefined;
  return {
    algorithm: SSEAlgorithm as 'AES256' | 'aws:kms',
    ...optional('kmsKeyId', KMSMasterKeyID === undefined ? undefined : String(KMSMasterKeyID)),
    ...optional('bucketKey', rule?.BucketKeyEnabled === true ? true : undefined),
  };
}

function publicAccessBlock(properties: JsonObject): BucketSettings['publicAccessBlock'] {
  const block = properties.PublicAccessBlockConfiguration as JsonObject | undefined;
  return (
    block && {
      blockPublicAcls: block.BlockPublicAcls === true,
      ignorePublicAcls: block.IgnorePublicAcls === true,
      blockPublicPolicy: block.BlockPublicPolicy === true,
      restrictPublicBuckets: block.RestrictPublicBuckets === true,
    }
  );
}

function settingsOf(properties: JsonObject): BucketSettings {
  const { Status } = (properties.VersioningConfiguration ?? {}) as JsonObject;
  const { CorsRules } = (properties.CorsConfiguration ?? {}) as JsonObject;
  const { Rules } = (properties.LifecycleConfiguration ?? {}) as JsonObject;
  return {
    ...optional('versioning', Status as 'Enabled' | 'Suspended' | undefined),
    ...optional('objectLock', objectLock(properties)),
    ...optional('cors', CorsRules === undefined ? undefined : listOf<JsonObject>(CorsRules).map(corsRule)),
    ...optional('lifecycle', Rules === undefined ? undefined : listOf<JsonObject>(Rules).map(lifecycleRule)),
    ...optional('encryption', encryption(properties)),
    ...optional('publicAccessBlock', publicAccessBlock(properties)),
  };
}

/** Buckets, who may use them, and where their events go. */
export function bucketTypes(laptop: Laptop): ResourceTypes {
  const notifications = new BucketNotifications(laptop);

  async function createBucket(properties: JsonObject, context: ResourceContext) {
    const name = String(properties.BucketName ?? context.physicalName(63).toLowerCase());
    notifications.configure(name, properties.NotificationConfiguration as JsonObject | undefined, context.id);
    await laptop.s3.createBucket(name, {
      ...settingsOf(properties),
      notifications: (event) => notifications.deliver(name, event),
    });
    const domain = `${name}.s3.${context.region}.amazonaws.com`;
    const attributes = {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: domain,
    };
    return { ref: name, attributes };
  }

  return {
    'AWS::S3::Bucket': {
      properties: [
        'BucketEncryption',
        'BucketName',
        'CorsConfiguration',
        'LifecycleConfiguration',
        'NotificationConfiguration',
        'ObjectLockConfiguration',
        'ObjectLockEnabled',
        'PublicAccessBlockConfiguration',
        'VersioningConfiguration',
      ],
      ignored: {
        LoggingConfiguration: 'server access logs are for auditors of an AWS account',
        OwnershipControls: 'the laptop has one account, which owns every object',
        Tags: DESCRIBES,
      },
      create: createBucket,
    },
    'AWS::S3::BucketPolicy': {
      properties: ['Bucket', 'PolicyDocument'],
      create: (properties, context) => {
        laptop.access.attach(`arn:aws:s3:::${String(properties.Bucket)}`, parsePolicy(properties.PolicyDocument));
        return { ref: context.physicalName() };
      },
    },
    'Custom::S3BucketNotifications': {
      properties: ['BucketName', 'NotificationConfiguration'],
      ignored: {
        Managed: 'the laptop sets the configuration itself',
        ServiceToken: 'the laptop sets the configuration itself',
        SkipDestinationValidation: 'destinations are always checked',
      },
      create: (properties, context) => {
        const bucket = String(properties.BucketName);
        notifications.configure(bucket, properties.NotificationConfiguration as JsonObject | undefined, context.id);
        return { ref: context.physicalName() };
      },
    },
  };
}

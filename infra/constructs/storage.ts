import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type CorsRule,
  HttpMethods,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { INTAKE_PREFIX } from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';

/** What holds for every bucket: closed to the public, TLS 1.2 and later only, no ACLs, retained. */
const CLOSED = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies BucketProps;

/** Who asked the other buckets for what; object keys hold no personal data. */
export function accessLogBucket(scope: Construct, settings: StageSettings): Bucket {
  return new Bucket(scope, 'AccessLog', {
    ...CLOSED,
    encryption: BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ id: 'expire', expiration: Duration.days(settings.logRetentionDays) }],
  });
}

export interface IntakeBucketProps {
  readonly settings: StageSettings;
  readonly accessLog: Bucket;
  /** Where every arrival is told of. */
  readonly arrivals: Queue;
}

/**
 * Where browsers post files before anyone has looked at them. Versions pin what was checked to what is kept; a day
 * later nothing is left. The notification is the bucket's own property, not a custom resource.
 */
export class IntakeBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { settings, accessLog, arrivals }: IntakeBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...CLOSED,
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      serverAccessLogsBucket: accessLog as IBucket,
      serverAccessLogsPrefix: 'intake/',
      cors: browserPosts(settings),
      lifecycleRules: [
        {
          id: 'expire',
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        { id: 'markers', expiredObjectDeleteMarker: true },
      ],
    });
    // The bucket's ARN cannot stand in the condition: bucket and policy would each wait for the other.
    const grant = arrivals.grantSendMessages(
      new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: arrivals.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: INTAKE_PREFIX }] } },
        },
      ],
    };
    grant.applyBefore(this.bucket);
  }
}

/**
 * Where anyone posts a large file to have it verified. Apart from everything else, so that nothing takes it for a document;
 * without versions, so that what is deleted is gone. What is never verified goes a day later, at the next midnight (UTC).
 */
export function verificationBucket(
  scope: Construct,
  { settings, accessLog }: Omit<IntakeBucketProps, 'arrivals'>,
): Bucket {
  return new Bucket(scope, 'VerificationFiles', {
    ...CLOSED,
    encryption: BucketEncryption.S3_MANAGED,
    serverAccessLogsBucket: accessLog as IBucket,
    serverAccessLogsPrefix: 'verification/',
    cors: browserPosts(settings),
    lifecycleRules: [
      { id: 'expire', expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
}

/** Pages of the portal may post, and nothing else. */
function browserPosts(settings: StageSettings): CorsRule[] {
  return [
    {
      allowedMethods: [HttpMethods.POST],
      allowedOrigins: [...settings.uploadOrigins],
      allowedHeaders: ['*'],
      exposedHeaders: ['ETag'],
      maxAge: 3600,
    },
  ];
}

export interface DocumentsBucketProps {
  readonly settings: StageSettings;
  readonly accessLog: Bucket;
  readonly key: IKey;
}

/** Originals and signed versions: versioned, encrypted with a key of ours, and locked for the time of retention. */
export function documentsBucket(scope: Construct, { settings, accessLog, key }: DocumentsBucketProps): Bucket {
  const { objectLock, retentionDays } = settings.documents;
  const days = Duration.days(retentionDays);
  return new Bucket(scope, 'Documents', {
    ...CLOSED,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention:
      objectLock === 'COMPLIANCE' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days),
    serverAccessLogsBucket: accessLog as IBucket,
    serverAccessLogsPrefix: 'documents/',
    lifecycleRules: [{ id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
}

/** Evidence bundles on their way to whoever asked for one: copies of what is kept elsewhere, gone after a day. */
export function bundlesBucket(scope: Construct, { accessLog, key }: Omit<DocumentsBucketProps, 'settings'>): Bucket {
  return new Bucket(scope, 'Bundles', {
    ...CLOSED,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    serverAccessLogsBucket: accessLog as IBucket,
    serverAccessLogsPrefix: 'bundles/',
    lifecycleRules: [
      { id: 'expire', expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
}

/** Images of signatures and seals: what is replaced or removed is erased a week later. Nothing is locked. */
export function imagesBucket(scope: Construct, { accessLog, key }: Omit<DocumentsBucketProps, 'settings'>): Bucket {
  return new Bucket(scope, 'Images', {
    ...CLOSED,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    versioned: true,
    serverAccessLogsBucket: accessLog as IBucket,
    serverAccessLogsPrefix: 'images/',
    lifecycleRules: [
      { id: 'erase', noncurrentVersionExpiration: Duration.days(7) },
      { id: 'markers', expiredObjectDeleteMarker: true },
    ],
  });
}

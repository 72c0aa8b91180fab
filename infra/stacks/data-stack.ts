import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { INDEXES, TABLE } from '../../lib/platform/names.ts';
import { intakeTimeout } from '../constructs/intake.ts';
import { SignIn } from '../constructs/sign-in.ts';
import {
  accessLogBucket,
  bundlesBucket,
  documentsBucket,
  IntakeBucket,
  imagesBucket,
  verificationBucket,
} from '../constructs/storage.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { StageSettings } from '../stages.ts';

export interface DataStackProps extends StackProps {
  readonly settings: StageSettings;
}

/** Everything that must outlive a deployment. All of it is retained when the stack goes. */
export class DataStack extends Stack {
  readonly table: Table;
  readonly tableKey: Key;
  readonly intake: IntakeBucket;
  /** Stands here because the bucket that fills it names it. */
  readonly intakeWork: WorkQueue;
  readonly verification: Bucket;
  readonly documents: ReturnType<typeof documentsBucket>;
  readonly images: ReturnType<typeof imagesBucket>;
  readonly documentsKey: Key;
  readonly bundles: ReturnType<typeof bundlesBucket>;
  readonly signIn: SignIn;

  constructor(scope: Construct, id: string, { settings, ...props }: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
    this.tableKey = customerKey(this, 'TableKey', `Ba Khong ${settings.name}: table`);
    this.table = theTable(this, this.tableKey, settings);
    const accessLog = accessLogBucket(this, settings);
    this.intakeWork = new WorkQueue(this, 'IntakeWork', { name: 'intake', workerTimeout: intakeTimeout(settings) });
    this.intake = new IntakeBucket(this, 'Intake', { settings, accessLog, arrivals: this.intakeWork.queue });
    this.verification = verificationBucket(this, { settings, accessLog });
    this.documentsKey = customerKey(this, 'DocumentsKey', `Ba Khong ${settings.name}: documents`);
    this.documents = documentsBucket(this, { settings, accessLog, key: this.documentsKey });
    this.bundles = bundlesBucket(this, { accessLog, key: this.documentsKey });
    this.images = imagesBucket(this, { accessLog, key: this.documentsKey });
    this.signIn = new SignIn(this, 'SignIn', settings);
  }
}

function theTable(scope: Construct, encryptionKey: Key, settings: StageSettings): Table {
  const string = (name: string) => ({ name, type: AttributeType.STRING });
  const table = new Table(scope, 'Table', {
    partitionKey: string(TABLE.partitionKey),
    sortKey: string(TABLE.sortKey),
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    pointInTimeRecoverySpecification: {
      pointInTimeRecoveryEnabled: true,
      recoveryPeriodInDays: settings.pointInTimeRecoveryDays,
    },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: TABLE.ttl,
  });
  for (const { name, partitionKey, sortKey } of Object.values(INDEXES)) {
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: string(partitionKey),
      sortKey: string(sortKey),
    });
  }
  return table;
}

function customerKey(scope: Construct, id: string, description: string): Key {
  return new Key(scope, id, {
    description,
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

import { Aws, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  CLIENT_LIMITS_PREFIX,
  DOCUMENTS_PREFIX,
  INDEXES,
  INTAKE_PREFIX,
  KEY_STAGE_TAG,
  ROOTS_PREFIX,
} from '../../lib/platform/names.ts';
import type { StageSettings } from '../stages.ts';
import { allow, type Grant } from './grant.ts';

/** The state that the functions are given pieces of. */
export interface State {
  readonly table: Table;
  readonly tableKey: Key;
  readonly intake: Bucket;
  readonly verification: Bucket;
  readonly documents: Bucket;
  readonly images: Bucket;
  readonly documentsKey: Key;
  readonly bundles: Bucket;
}

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];

const OBJECTS = 'The names of objects are not known beforehand; the bucket and, where there is one, the prefix are.';
const KEYS = 'Signing keys are made while the service runs; the condition holds it to those of this stage.';

/** Words the permissions that functions are given: each names its actions and resources, none a wildcard action. */
export class DataAccess {
  readonly keyAliasPrefix: string;
  readonly names: Readonly<Record<'table' | 'intake' | 'verification' | 'documents' | 'images' | 'bundles', string>>;
  readonly #arns: Readonly<Record<keyof State | 'stream', string>>;
  readonly #settings: StageSettings;

  constructor(state: State, settings: StageSettings) {
    this.#settings = settings;
    this.keyAliasPrefix = `alias/ba-khong/${settings.name}/`;
    const { table, tableKey, intake, verification, documents, images, documentsKey, bundles } = state;
    if (!table.tableStreamArn) throw new Error('The table has no stream.');
    this.names = {
      table: table.tableName,
      intake: intake.bucketName,
      verification: verification.bucketName,
      documents: documents.bucketName,
      bundles: bundles.bucketName,
      images: images.bucketName,
    };
    // Exported by hand only so that the references have their final form when cdk-nag's findings are answered.
    const exported = (arn: string) => Stack.of(table).exportValue(arn);
    this.#arns = {
      table: exported(table.tableArn),
      stream: exported(table.tableStreamArn),
      tableKey: exported(tableKey.keyArn),
      intake: exported(intake.bucketArn),
      verification: exported(verification.bucketArn),
      documents: exported(documents.bucketArn),
      images: exported(images.bucketArn),
      documentsKey: exported(documentsKey.keyArn),
      bundles: exported(bundles.bucketArn),
    };
  }

  get streamArn(): string {
    return this.#arns.stream;
  }

  tableRead(): Grant[] {
    return [this.#onTable(READ, true), this.#keyOf('table', ['kms:Decrypt'])];
  }

  /** No Scan, and no DeleteItem: what is written stays, or goes by its TTL. */
  tableReadWrite(): Grant[] {
    return [
      this.#onTable(READ, true),
      this.#onTable(WRITE, false),
      this.#keyOf('table', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']),
    ];
  }

  /** Counts callers who are not signed in: items below one prefix are updated, and no others. */
  countClients(): Grant[] {
    const below = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${CLIENT_LIMITS_PREFIX}*`] } };
    const named = { Null: { 'dynamodb:LeadingKeys': 'false' } };
    return [
      allow(['dynamodb:UpdateItem'], [this.#arns.table], { conditions: { ...below, ...named } }),
      this.#keyOf('table', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']),
    ];
  }

  tableStream(): Grant[] {
    const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
    return [
      allow(
        actions.map((action) => `dynamodb:${action}`),
        [this.#arns.stream],
      ),
      this.#keyOf('table', ['kms:Decrypt']),
    ];
  }

  /** To presign posts with: the form's signer must itself be allowed to put. */
  intakePut(): Grant[] {
    return [this.#onIntake(['s3:PutObject'])];
  }

  /** Listing makes S3 say that an object is gone; without it the answer is that access is denied. */
  intakeTake(): Grant[] {
    return [
      allow(['s3:ListBucket'], [this.#arns.intake]),
      this.#onIntake(['s3:GetObjectVersion', 's3:DeleteObject', 's3:DeleteObjectVersion']),
    ];
  }

  intakeListDelete(): Grant[] {
    return [
      allow(['s3:ListBucketVersions'], [this.#arns.intake]),
      this.#onIntake(['s3:DeleteObject', 's3:DeleteObjectVersion']),
    ];
  }

  /** Files that anyone brings: forms to post them with, reading, deleting. Listing makes S3 say that one is gone. */
  verificationFiles(): Grant[] {
    const { verification } = this.#arns;
    const actions = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'];
    return [allow(['s3:ListBucket'], [verification]), allow(actions, [`${verification}/*`], { wildcard: OBJECTS })];
  }

  /** Versions by their id; what is merely the newest is never read. */
  documentsGet(): Grant[] {
    return [this.#onDocuments(['s3:GetObjectVersion']), this.#keyOf('documents', ['kms:Decrypt'])];
  }

  /**
   * Puts, under the bucket's own lock; never deletes, never changes or bypasses a lock. What lies under a key already, from a
   * run that was killed, is looked at by that key.
   */
  documentsPut(): Grant[] {
    return [
      this.#onDocuments(['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload']),
      this.#keyOf('documents', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ];
  }

  /** The daily roots, which lie beside the documents under the same lock: puts, and looks at what lies there already. */
  rootsKeep(): Grant[] {
    const actions = ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion'];
    return [
      allow(actions, [`${this.#arns.documents}/${ROOTS_PREFIX}*`], { wildcard: OBJECTS }),
      this.#keyOf('documents', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ];
  }

  rootsGet(): Grant[] {
    return [
      allow(['s3:GetObjectVersion'], [`${this.#arns.documents}/${ROOTS_PREFIX}*`], { wildcard: OBJECTS }),
      this.#keyOf('documents', ['kms:Decrypt']),
    ];
  }

  bundlesPut(): Grant[] {
    return [
      allow(['s3:PutObject', 's3:AbortMultipartUpload'], [`${this.#arns.bundles}/*`], { wildcard: OBJECTS }),
      this.#keyOf('documents', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ];
  }

  /** To presign addresses with. */
  bundlesGet(): Grant[] {
    return [
      allow(['s3:GetObject'], [`${this.#arns.bundles}/*`], { wildcard: OBJECTS }),
      this.#keyOf('documents', ['kms:Decrypt']),
    ];
  }

  /** Versions by their id, as of documents. */
  imagesGet(): Grant[] {
    return [this.#onImages(['s3:GetObjectVersion']), this.#keyOf('documents', ['kms:Decrypt'])];
  }

  /** Puts, and takes away: the bucket itself erases what is no longer the newest. */
  imagesPut(): Grant[] {
    return [this.#onImages(['s3:PutObject', 's3:DeleteObject']), this.#keyOf('documents', ['kms:GenerateDataKey'])];
  }

  /** Signs with the keys that bear an alias of this stage, whatever their ids. */
  sign(): Grant[] {
    return [this.#onKeysOfStage(['kms:Sign'])];
  }

  /** Signs with the key of one unit, by the alias that it bears. */
  signAs(unit: string): Grant[] {
    const alias = `${this.keyAliasPrefix}unit/${unit.replaceAll('.', '-')}`;
    const conditions = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
    return [allow(['kms:Sign'], [this.#anyKey()], { conditions, wildcard: KEYS })];
  }

  /** Makes signing keys tagged with the stage, gives them aliases below its prefix, reads their public halves; nothing else. */
  createSigningKeys(): Grant[] {
    const stage = this.#settings.name;
    const requestTag = { [`aws:RequestTag/${KEY_STAGE_TAG}`]: stage };
    const specs = { 'kms:KeyUsage': 'SIGN_VERIFY', 'kms:KeySpec': ['RSA_2048', 'RSA_3072', 'ECC_NIST_P256'] };
    const resourceTag = { [`aws:ResourceTag/${KEY_STAGE_TAG}`]: stage };
    return [
      allow(['kms:CreateKey'], ['*'], {
        conditions: { StringEquals: { ...requestTag, ...specs } },
        wildcard: 'kms:CreateKey knows no resource; the conditions hold it to signing keys of this stage.',
      }),
      allow(['kms:TagResource'], [this.#anyKey()], { conditions: { StringEquals: requestTag }, wildcard: KEYS }),
      allow(['kms:CreateAlias'], [this.#anyKey()], { conditions: { StringEquals: resourceTag }, wildcard: KEYS }),
      allow(['kms:CreateAlias'], [this.#kmsArn(`${this.keyAliasPrefix}*`)], {
        wildcard: 'Aliases are made while the service runs, all of them below the prefix of this stage.',
      }),
      this.#onKeysOfStage(['kms:GetPublicKey']),
    ];
  }

  send(...queues: readonly IQueue[]): Grant[] {
    return [
      allow(
        ['sqs:SendMessage'],
        queues.map((queue) => queue.queueArn),
      ),
    ];
  }

  #onTable(actions: string[], indexes: boolean): Grant {
    const { table } = this.#arns;
    return allow(actions, [
      table,
      ...(indexes ? Object.values(INDEXES) : []).map(({ name }) => `${table}/index/${name}`),
    ]);
  }

  #onIntake(actions: string[]): Grant {
    return allow(actions, [`${this.#arns.intake}/${INTAKE_PREFIX}*`], { wildcard: OBJECTS });
  }

  #onDocuments(actions: string[]): Grant {
    return allow(actions, [`${this.#arns.documents}/${DOCUMENTS_PREFIX}*`], { wildcard: OBJECTS });
  }

  #onImages(actions: string[]): Grant {
    return allow(actions, [`${this.#arns.images}/images/*`], { wildcard: OBJECTS });
  }

  /** The key behind a store, and only by way of that store. */
  #keyOf(store: 'table' | 'documents', actions: string[]): Grant {
    const service = store === 'table' ? 'dynamodb' : 's3';
    return allow(actions, [this.#arns[`${store}Key`]], {
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${this.#settings.region}.amazonaws.com` } },
    });
  }

  #onKeysOfStage(actions: string[]): Grant {
    const ofStage = { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': `${this.keyAliasPrefix}*` } };
    return allow(actions, [this.#anyKey()], { conditions: ofStage, wildcard: KEYS });
  }

  #anyKey(): string {
    return this.#kmsArn('key/*');
  }

  #kmsArn(resource: string): string {
    return `arn:${Aws.PARTITION}:kms:${this.#settings.region}:${Aws.ACCOUNT_ID}:${resource}`;
  }
}

import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/functions.ts';
import { functionNamed, ofType, type Statement, stacksOf, statementsOf } from './synthesized.ts';

const stacks = stacksOf('production');

const READ = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];
const TABLE_KEY = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'];
const READ_WRITE = [...READ, ...WRITE, ...TABLE_KEY];
const DOCUMENTS_GET = ['s3:GetObjectVersion', 'kms:Decrypt'];
const DOCUMENTS_PUT = ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload', 'kms:Decrypt', 'kms:GenerateDataKey'];
const ROOTS_KEEP = ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion', 'kms:Decrypt', 'kms:GenerateDataKey'];
/** Counting callers who are not signed in. */
const COUNT = ['dynamodb:UpdateItem', ...TABLE_KEY];
/** Files that anyone brings to have them verified. */
const BROUGHT_FILES = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:ListBucket'];
const CONSUME = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

/** Every action of every function, besides writing its own log and its traces. */
const MAY: Readonly<Record<FunctionName, readonly string[]>> = {
  'documents-api': [...READ_WRITE, ...DOCUMENTS_GET, 's3:PutObject'],
  'petitions-api': READ_WRITE,
  'dispatches-api': READ_WRITE,
  'directory-api': [
    ...READ_WRITE,
    's3:DeleteObject',
    's3:GetObjectVersion',
    's3:PutObject',
    'kms:CreateAlias',
    'kms:CreateKey',
    'kms:GetPublicKey',
    'kms:Sign',
    'kms:TagResource',
  ],
  'signing-api': [...READ_WRITE, ...DOCUMENTS_GET],
  'evidence-api': [...READ_WRITE, 's3:GetObject'],
  'verify-api': [...READ, ...COUNT, ...BROUGHT_FILES],
  'service-api': COUNT,
  'intake-worker': [
    ...READ_WRITE,
    ...CONSUME,
    ...DOCUMENTS_PUT,
    's3:DeleteObject',
    's3:DeleteObjectVersion',
    's3:GetObjectVersion',
    's3:ListBucket',
  ],
  relay: [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'kms:Decrypt',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
  ],
  'sign-worker': [...READ_WRITE, ...CONSUME, ...DOCUMENTS_GET, ...DOCUMENTS_PUT, 'kms:Sign'],
  'delivery-worker': [...READ_WRITE, ...CONSUME, ...DOCUMENTS_GET],
  'notify-worker': [...READ_WRITE, ...CONSUME, 'ses:SendEmail'],
  'mail-events-worker': [...READ_WRITE, ...CONSUME],
  'evidence-worker': [...READ_WRITE, ...CONSUME, ...DOCUMENTS_GET, 's3:PutObject', 's3:AbortMultipartUpload'],
  'daily-root': [...READ_WRITE, ...ROOTS_KEEP],
  sweep: [...READ_WRITE, 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:ListBucketVersions', 'sqs:SendMessage'],
};

const EVERYONE = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

test.each(FUNCTION_NAMES)('%s may do what it is for and nothing else', (name) => {
  const actions = new Set(statementsOf(stacks, name).flatMap((statement) => statement.actions));
  expect([...actions].sort()).toEqual([...new Set([...MAY[name], ...EVERYONE])].sort());
});

test('every function has a role of its own, without managed policies', () => {
  const roles = FUNCTION_NAMES.map((name) => functionNamed(stacks, name).properties.Role['Fn::GetAtt'][0]);
  expect(new Set(roles).size).toBe(FUNCTION_NAMES.length);
  const managed = ofType(stacks.all, 'AWS::IAM::Role').filter(({ properties }) => properties.ManagedPolicyArns);
  expect(managed).toEqual([]);
});

describe('no statement reaches further than it must', () => {
  const every = FUNCTION_NAMES.flatMap((name) => statementsOf(stacks, name).map((statement) => ({ name, statement })));

  test('no action is a wildcard, and only tracing and the making of keys name no resource', () => {
    expect(every.filter(({ statement }) => statement.actions.some((action) => action.includes('*')))).toEqual([]);
    const unbounded = every.filter(({ statement }) => statement.resources.includes('"*"'));
    const actions = new Set(unbounded.flatMap(({ statement }) => statement.actions));
    expect([...actions].sort()).toEqual(['kms:CreateKey', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
  });

  test('signing is held to keys with an alias of the stage', () => {
    const signing = every.filter(({ statement }) => statement.actions.includes('kms:Sign'));
    expect(signing.map(({ name }) => name)).toEqual(['directory-api', 'sign-worker']);
    for (const { statement } of signing) {
      expect(statement.conditions).toEqual({
        'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/ba-khong/production/*' },
      });
    }
  });

  test('a report of verification is sealed with one key, by a function that has no other, where the stage names one', () => {
    const dev = statementsOf(stacksOf('dev'), 'verify-api').filter(({ actions }) => actions.includes('kms:Sign'));
    expect(dev.map(({ conditions }) => conditions)).toEqual([
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/ba-khong/dev/unit/BAKHONG-KT' } },
    ]);
    const { VERIFICATION_SETTINGS } = functionNamed(stacksOf('dev'), 'verify-api').properties.Environment.Variables;
    expect(JSON.parse(VERIFICATION_SETTINGS).sealUnit).toBe('BAKHONG.KT');
  });

  test('files that anyone brings are reached by no function but the one that verifies', () => {
    const reaching = every.filter(({ statement }) =>
      statement.resources.some((text) => text.includes('VerificationFiles')),
    );
    expect(new Set(reaching.map(({ name }) => name))).toEqual(new Set(['verify-api']));
    const itsBuckets = statementsOf(stacks, 'verify-api').filter(({ actions }) =>
      actions.some((one) => /^s3:/.test(one)),
    );
    for (const { resources } of itsBuckets) for (const one of resources) expect(one).toContain('VerificationFiles');
  });

  test('new keys can only be signing keys tagged with the stage, and aliases stay below its prefix', () => {
    const [create] = statementsWith('kms:CreateKey');
    expect(create?.conditions).toMatchObject({
      StringEquals: { 'aws:RequestTag/ba-khong:stage': 'production', 'kms:KeyUsage': 'SIGN_VERIFY' },
    });
    const [onKey, onAlias] = statementsWith('kms:CreateAlias');
    expect(onKey?.conditions).toEqual({ StringEquals: { 'aws:ResourceTag/ba-khong:stage': 'production' } });
    expect(onAlias?.resources.join()).toContain(':alias/ba-khong/production/*');
  });

  test('uploads stay below intake/, for whoever puts, gets or deletes them', () => {
    const onObjects = every.filter(({ statement }) =>
      statement.resources.some((text) => text.includes('Intake') && text.includes('/')),
    );
    expect(onObjects.map(({ name }) => name).sort()).toEqual(['documents-api', 'intake-worker', 'sweep']);
    for (const { statement } of onObjects) expect(statement.resources.join()).toContain('/intake/*');
  });

  test('documents and the daily roots over them are written by different functions', () => {
    const puts = (prefix: string) =>
      every.filter(
        ({ statement }) =>
          statement.actions.includes('s3:PutObject') &&
          statement.resources.some((text) => text.includes(`/${prefix}/*`)),
      );
    expect(puts('roots').map(({ name }) => name)).toEqual(['daily-root']);
    expect(puts('documents').map(({ name }) => name)).toEqual(['intake-worker', 'sign-worker']);
  });

  test('nobody deletes a document, changes its lock, or bypasses it', () => {
    const onDocuments = every.filter(({ statement }) => statement.resources.some((text) => text.includes('Documents')));
    const actions = new Set(onDocuments.flatMap(({ statement }) => statement.actions));
    for (const forbidden of [
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:PutObjectRetention',
      's3:BypassGovernanceRetention',
    ]) {
      expect(actions).not.toContain(forbidden);
    }
  });

  test('functions that anyone may call write the counts of their callers and no other item', () => {
    const open = every.filter(({ name }) => name === 'verify-api' || name === 'service-api');
    const writing = open.filter(({ statement }) =>
      statement.actions.some((action) => /^dynamodb:(Put|Update|Delete|BatchWrite)/.test(action)),
    );
    expect(writing.map(({ name }) => name)).toEqual(['verify-api', 'service-api']);
    for (const { statement } of writing) {
      expect(statement.conditions).toEqual({
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CLIENT#*'] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      });
    }
  });

  test('keys of the stores are used only by way of the stores', () => {
    const direct = every.filter(
      ({ statement }) =>
        statement.actions.includes('kms:Decrypt') && !JSON.stringify(statement.conditions).includes('kms:ViaService'),
    );
    expect(direct).toEqual([]);
  });

  test('images are put and taken away by the directory alone, erased by the bucket, and read by version', () => {
    const onImages = every.filter(({ statement }) => statement.resources.some((text) => text.includes('Images')));
    expect(onImages.map(({ name, statement }) => [name, [...statement.actions].sort()])).toEqual([
      ['directory-api', ['s3:DeleteObject', 's3:GetObjectVersion', 's3:PutObject']],
      ['signing-api', ['s3:GetObjectVersion']],
      ['sign-worker', ['s3:GetObjectVersion']],
    ]);
    for (const { statement } of onImages) expect(statement.resources.join()).toContain('/images/*');
  });

  test('mail goes out from the address of the stage alone', () => {
    const [send] = statementsWith('ses:SendEmail');
    expect(send?.conditions).toEqual({ StringEquals: { 'ses:FromAddress': 'khong-tra-loi@ba-khong.example' } });
    expect(send?.resources.join()).toContain(':identity/ba-khong.example');
  });

  function statementsWith(action: string): Statement[] {
    return every.map(({ statement }) => statement).filter(({ actions }) => actions.includes(action));
  }
});

test('an API function learns of no queue, and only those that use a bucket learn its name', () => {
  const knows = (variable: string) =>
    FUNCTION_NAMES.filter((name) => variable in functionNamed(stacks, name).properties.Environment.Variables);
  expect(knows('SIGN_QUEUE_URL')).toEqual(['relay', 'sweep']);
  expect(knows('INTAKE_BUCKET')).toEqual(['documents-api', 'intake-worker', 'sweep']);
  expect(knows('IMAGES_BUCKET')).toEqual(['directory-api', 'signing-api', 'sign-worker']);
  expect(knows('MAIL_SENDER')).toEqual(['notify-worker']);
  expect(knows('FONTS_DIR')).toEqual(['signing-api', 'verify-api', 'sign-worker']);
  expect(knows('VERIFICATION_BUCKET')).toEqual(['verify-api']);
});

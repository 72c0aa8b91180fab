import type { CorsRule, LifecycleRule, PublicAccessBlock } from './bucket-settings.ts';
import type { S3Handler } from './context.ts';
import { readDocument } from './request-body.ts';
import { childOf, childrenOf, textOf, type XmlNode } from './request-document.ts';
import { S3Error } from './s3-error.ts';
import type { Encryption } from './version-record.ts';
import { element, optional, resultDocument } from './xml.ts';

const XML = { 'content-type': 'application/xml' };
const DONE = { status: 200, headers: {} };

export const getBucketCors: S3Handler = async ({ bucket }) => {
  const rules = bucket.settings.cors;
  if (!rules?.length) throw new S3Error('NoSuchCORSConfiguration', { fields: { BucketName: bucket.name } });
  const content = rules.map((rule) =>
    element('CORSRule', [
      optional('ID', rule.id),
      ...rule.allowedMethods.map((method) => element('AllowedMethod', method)),
      ...rule.allowedOrigins.map((origin) => element('AllowedOrigin', origin)),
      ...(rule.allowedHeaders ?? []).map((name) => element('AllowedHeader', name)),
      ...(rule.exposeHeaders ?? []).map((name) => element('ExposeHeader', name)),
      optional('MaxAgeSeconds', rule.maxAgeSeconds),
    ]),
  );
  return { status: 200, headers: XML, body: resultDocument('CORSConfiguration', content) };
};

export const putBucketCors: S3Handler = async ({ request, bucket }) => {
  const document = await readDocument(request, 'CORSConfiguration');
  const cors = childrenOf(document, 'CORSRule').map(corsRule);
  if (cors.length === 0 || cors.length > 100) throw new S3Error('MalformedXML');
  await bucket.configure({ ...bucket.settings, cors });
  return DONE;
};

function corsRule(node: XmlNode): CorsRule {
  const texts = (name: string) => childrenOf(node, name).filter((child) => typeof child === 'string');
  const methods = texts('AllowedMethod');
  const origins = texts('AllowedOrigin');
  const id = textOf(node, 'ID');
  const maxAge = textOf(node, 'MaxAgeSeconds');
  if (methods.length === 0 || origins.length === 0) throw new S3Error('MalformedXML');
  if (methods.some((method) => !['GET', 'PUT', 'HEAD', 'POST', 'DELETE'].includes(method))) {
    throw new S3Error('InvalidRequest', { message: 'Found unsupported HTTP method in CORS config.' });
  }
  return {
    allowedMethods: methods,
    allowedOrigins: origins,
    allowedHeaders: texts('AllowedHeader'),
    exposeHeaders: texts('ExposeHeader'),
    ...(id === undefined ? {} : { id }),
    ...(maxAge === undefined ? {} : { maxAgeSeconds: Number(maxAge) }),
  };
}

export const deleteBucketCors: S3Handler = async ({ bucket }) => {
  const { cors: _, ...rest } = bucket.settings;
  await bucket.configure(rest);
  return { status: 204, headers: {} };
};

export const getBucketEncryption: S3Handler = async ({ bucket }) => {
  const { algorithm, kmsKeyId, bucketKey } = bucket.settings.encryption ?? { algorithm: 'AES256' as const };
  const preset = element('ApplyServerSideEncryptionByDefault', [
    element('SSEAlgorithm', algorithm),
    optional('KMSMasterKeyID', kmsKeyId),
  ]);
  const rule = element('Rule', [preset, element('BucketKeyEnabled', bucketKey === true)]);
  return { status: 200, headers: XML, body: resultDocument('ServerSideEncryptionConfiguration', [rule]) };
};

export const putBucketEncryption: S3Handler = async ({ request, bucket }) => {
  const document = await readDocument(request, 'ServerSideEncryptionConfiguration');
  const rule = childOf(document, 'Rule');
  const preset = childOf(rule, 'ApplyServerSideEncryptionByDefault');
  const algorithm = textOf(preset, 'SSEAlgorithm');
  const kmsKeyId = textOf(preset, 'KMSMasterKeyID');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse')
    throw new S3Error('MalformedXML');
  const encryption: Encryption = {
    algorithm,
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(textOf(rule, 'BucketKeyEnabled') === 'true' ? { bucketKey: true } : {}),
  };
  await bucket.configure({ ...bucket.settings, encryption });
  return DONE;
};

const BLOCKS = {
  BlockPublicAcls: 'blockPublicAcls',
  IgnorePublicAcls: 'ignorePublicAcls',
  BlockPublicPolicy: 'blockPublicPolicy',
  RestrictPublicBuckets: 'restrictPublicBuckets',
} as const satisfies Record<string, keyof PublicAccessBlock>;

export const getPublicAccessBlock: S3Handler = async ({ bucket }) => {
  const block = bucket.settings.publicAccessBlock;
  if (!block) throw new S3Error('NoSuchPublicAccessBlockConfiguration', { fields: { BucketName: bucket.name } });
  const content = Object.entries(BLOCKS).map(([name, field]) => element(name, block[field]));
  return { status: 200, headers: XML, body: resultDocument('PublicAccessBlockConfiguration', content) };
};

export const putPublicAccessBlock: S3Handler = async ({ request, bucket }) => {
  const document = await readDocument(request, 'PublicAccessBlockConfiguration');
  const entries = Object.entries(BLOCKS).map(([name, field]) => [field, textOf(document, name) === 'true'] as const);
  await bucket.configure({
    ...bucket.settings,
    publicAccessBlock: Object.fromEntries(entries) as unknown as PublicAccessBlock,
  });
  return DONE;
};

export const deletePublicAccessBlock: S3Handler = async ({ bucket }) => {
  const { publicAccessBlock: _, ...rest } = bucket.settings;
  await bucket.configure(rest);
  return { status: 204, headers: {} };
};

export const getBucketLifecycle: S3Handler = async ({ bucket }) => {
  const rules = bucket.settings.lifecycle;
  if (!rules?.length) throw new S3Error('NoSuchLifecycleConfiguration', { fields: { BucketName: bucket.name } });
  return { status: 200, headers: XML, body: resultDocument('LifecycleConfiguration', rules.map(ruleElement)) };
};

function ruleElement(rule: LifecycleRule) {
  const days = (name: string, field: string, value: number | undefined) =>
    value === undefined ? undefined : element(name, [element(field, value)]);
  return element('Rule', [
    element('ID', rule.id),
    element('Status', rule.enabled ? 'Enabled' : 'Disabled'),
    element('Filter', [element('Prefix', rule.prefix)]),
    rule.expiredDeleteMarkers
      ? element('Expiration', [element('ExpiredObjectDeleteMarker', true)])
      : days('Expiration', 'Days', rule.expirationDays),
    days('NoncurrentVersionExpiration', 'NoncurrentDays', rule.noncurrentDays),
    days('AbortIncompleteMultipartUpload', 'DaysAfterInitiation', rule.abortIncompleteDays),
  ]);
}

export const putBucketLifecycle: S3Handler = async ({ request, bucket }) => {
  const document = await readDocument(request, 'LifecycleConfiguration');
  const lifecycle = childrenOf(document, 'Rule').map(lifecycleRule);
  if (lifecycle.length === 0) throw new S3Error('MalformedXML');
  await bucket.configure({ ...bucket.settings, lifecycle });
  return DONE;
};

function lifecycleRule(node: XmlNode, at: number): LifecycleRule {
  const days = (name: string, field: string): number | undefined => {
    const value = textOf(childOf(node, name), field);
    if (value === undefined) return undefined;
    if (!/^[1-9]\d*$/.test(value)) {
      throw new S3Error('InvalidArgument', { message: `'${field}' for ${name} action must be a positive integer` });
    }
    return Number(value);
  };
  // What the laptop would not carry out it does not accept either.
  for (const name of ['Transition', 'NoncurrentVersionTransition']) {
    if (childOf(node, name) !== undefined) throw new S3Error('NotImplemented', { fields: { Header: name } });
  }
  const filter = childOf(node, 'Filter');
  if (childOf(filter, 'Tag') !== undefined || childOf(filter, 'And') !== undefined) {
    throw new S3Error('NotImplemented', { fields: { Header: 'Filter' } });
  }
  const rule = {
    expirationDays: days('Expiration', 'Days'),
    noncurrentDays: days('NoncurrentVersionExpiration', 'NoncurrentDays'),
    abortIncompleteDays: days('AbortIncompleteMultipartUpload', 'DaysAfterInitiation'),
  };
  const present = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  return {
    id: textOf(node, 'ID') ?? `rule-${at}`,
    enabled: textOf(node, 'Status') === 'Enabled',
    prefix: textOf(filter, 'Prefix') ?? textOf(node, 'Prefix') ?? '',
    expiredDeleteMarkers: textOf(childOf(node, 'Expiration'), 'ExpiredObjectDeleteMarker') === 'true',
    ...present,
  };
}

export const deleteBucketLifecycle: S3Handler = async ({ bucket }) => {
  const { lifecycle: _, ...rest } = bucket.settings;
  await bucket.configure(rest);
  return { status: 204, headers: {} };
};

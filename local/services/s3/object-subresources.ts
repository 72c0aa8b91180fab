import type { S3Call, S3Handler } from './context.ts';
import { findVersion } from './get-object.ts';
import { versionHeader } from './object-headers.ts';
import { asksBypass, checkRetentionChange, parseRetention, requireLock } from './object-lock.ts';
import { readDocument } from './request-body.ts';
import { childOf, childrenOf, textOf } from './request-document.ts';
import { S3Error } from './s3-error.ts';
import { checkTags } from './tagging.ts';
import type { ObjectVersion, Retention } from './version-record.ts';
import { element, resultDocument } from './xml.ts';

const XML = { 'content-type': 'application/xml' };

export const getObjectRetention: S3Handler = async (call) => {
  requireLock(call.bucket);
  const { retention } = meant(call);
  if (!retention) throw new S3Error('NoSuchObjectLockConfiguration', { fields: { Key: call.key } });
  const content = [
    element('Mode', retention.mode),
    element('RetainUntilDate', new Date(retention.until).toISOString()),
  ];
  return { status: 200, headers: XML, body: resultDocument('Retention', content) };
};

export const putObjectRetention: S3Handler = async (call) => {
  const { context, request, bucket } = call;
  requireLock(bucket);
  const document = await readDocument(request, 'Retention');
  const now = context.clock.now();
  const [mode, until] = [textOf(document, 'Mode'), textOf(document, 'RetainUntilDate')];
  if ((mode === undefined) !== (until === undefined)) throw new S3Error('MalformedXML');
  const next: Retention | undefined = mode === undefined ? undefined : parseRetention(mode, until ?? '', now);
  const changed = await change(call, (version) => {
    checkRetentionChange(version, next, now, asksBypass(request.headers));
    const { retention: _, ...rest } = version;
    return next ? { ...rest, retention: next } : rest;
  });
  return { status: 200, headers: versionHeader(bucket, changed.versionId) };
};

export const getObjectLegalHold: S3Handler = async (call) => {
  requireLock(call.bucket);
  const { legalHold } = meant(call);
  if (legalHold === undefined) throw new S3Error('NoSuchObjectLockConfiguration', { fields: { Key: call.key } });
  return {
    status: 200,
    headers: XML,
    body: resultDocument('LegalHold', [element('Status', legalHold ? 'ON' : 'OFF')]),
  };
};

export const putObjectLegalHold: S3Handler = async (call) => {
  requireLock(call.bucket);
  const status = textOf(await readDocument(call.request, 'LegalHold'), 'Status');
  if (status !== 'ON' && status !== 'OFF') throw new S3Error('MalformedXML');
  const changed = await change(call, (version) => ({ ...version, legalHold: status === 'ON' }));
  return { status: 200, headers: versionHeader(call.bucket, changed.versionId) };
};

export const getObjectTagging: S3Handler = async (call) => {
  const version = meant(call);
  const tags = Object.entries(version.tags).map(([name, value]) =>
    element('Tag', [element('Key', name), element('Value', value)]),
  );
  const body = resultDocument('Tagging', [element('TagSet', tags)]);
  return { status: 200, headers: { ...XML, ...versionHeader(call.bucket, version.versionId) }, body };
};

export const putObjectTagging: S3Handler = async (call) => {
  const document = await readDocument(call.request, 'Tagging');
  const pairs = childrenOf(childOf(document, 'TagSet'), 'Tag').map(
    (tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as const,
  );
  const tags = checkTags(pairs);
  const changed = await change(call, (version) => ({ ...version, tags }));
  return { status: 200, headers: versionHeader(call.bucket, changed.versionId) };
};

export const deleteObjectTagging: S3Handler = async (call) => {
  const changed = await change(call, (version) => ({ ...version, tags: {} }));
  return { status: 204, headers: versionHeader(call.bucket, changed.versionId) };
};

function meant({ bucket, key, request }: S3Call): ObjectVersion {
  return findVersion(bucket, key, request.query.get('versionId'));
}

/** Changes what is noted about a version; writers of one key wait for each other. */
function change(call: S3Call, next: (version: ObjectVersion) => ObjectVersion): Promise<ObjectVersion> {
  return call.bucket.locks.run(call.key, async () => {
    const changed = next(meant(call));
    await call.bucket.update(changed);
    return changed;
  });
}

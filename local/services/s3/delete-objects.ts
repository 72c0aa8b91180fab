import { AwsError } from '../../gateway/aws-error.ts';
import { announcedChecksum } from './checksums.ts';
import type { S3Call, S3Handler } from './context.ts';
import { deleteVersion } from './delete-object.ts';
import { asksBypass, obstacle } from './object-lock.ts';
import { bypassPermission, versioned } from './permissions.ts';
import { readDocument } from './request-body.ts';
import { childrenOf, textOf } from './request-document.ts';
import { S3Error } from './s3-error.ts';
import { type Element, element, optional, resultDocument } from './xml.ts';

const MAX_OBJECTS = 1000;

/** Deletes up to 1000 keys or versions; each succeeds or fails for itself. */
export const deleteObjects: S3Handler = async (call) => {
  const { headers } = call.request;
  if (headers['content-md5'] === undefined && !announcedChecksum(headers)) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: Content-MD5' });
  }
  const document = await readDocument(call.request, 'Delete');
  const objects = childrenOf(document, 'Object');
  if (objects.length === 0 || objects.length > MAX_OBJECTS) throw new S3Error('MalformedXML');
  const quiet = textOf(document, 'Quiet') === 'true';
  const results: (Element | undefined)[] = [];
  for (const object of objects) {
    const key = textOf(object, 'Key');
    if (key === undefined) throw new S3Error('MalformedXML');
    results.push(await deleteOne(call, key, textOf(object, 'VersionId'), quiet));
  }
  const body = resultDocument('DeleteResult', results);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
};

async function deleteOne(
  call: S3Call,
  key: string,
  versionId: string | undefined,
  quiet: boolean,
): Promise<Element | undefined> {
  const { context, bucket } = call;
  const named = [element('Key', key), optional('VersionId', versionId)];
  try {
    await requirePermissions(call, key, versionId);
    const mayBypass = asksBypass(call.request.headers);
    const deleted = await deleteVersion(context, bucket, { key, versionId, mayBypass, conditions: {} });
    if (quiet) return undefined;
    const marker = deleted.markerVersionId;
    return element('Deleted', [
      ...named,
      optional('DeleteMarker', marker === undefined ? undefined : 'true'),
      optional('DeleteMarkerVersionId', marker),
    ]);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return element('Error', [...named, element('Code', error.code), element('Message', error.message)]);
  }
}

async function requirePermissions(
  { context, bucket, request }: S3Call,
  key: string,
  versionId: string | undefined,
): Promise<void> {
  const record = versionId === undefined ? undefined : bucket.index.version(key, versionId);
  const governed = record?.kind === 'object' && obstacle(record, context.clock.now()) === 'GOVERNANCE';
  const needed = [versioned('DeleteObject', bucket, key, versionId ?? null)];
  if (governed && asksBypass(request.headers)) needed.push(bypassPermission(bucket, key));
  for (const permission of needed) {
    if (await request.allows?.(permission)) continue;
    throw new S3Error('AccessDenied', {
      message: `User: ${request.principal.arn} is not authorized to perform: ${permission.action} on resource: "${permission.resource}"`,
    });
  }
}

import type { Bucket } from './bucket.ts';
import type { S3Context } from './context.ts';
import { defaultRetention } from './object-lock.ts';
import { checkWrite } from './preconditions.ts';
import type { DeleteMarker, ObjectAttributes, ObjectVersion, StoredContent } from './version-record.ts';

export interface NewVersion {
  readonly key: string;
  readonly content: StoredContent;
  readonly attributes: ObjectAttributes;
  /** Headers with the conditions of the write. */
  readonly conditions: Readonly<Record<string, string>>;
  /** `ObjectCreated:Put`, … */
  readonly event: string;
  readonly uploadId?: string;
}

/**
 * Makes stored bytes the newest version of a key. Writers of one key decide one after another, so of two that both ask
 * for `If-None-Match: *` exactly one succeeds. Whoever calls removes the bytes where this throws.
 */
export function writeVersion(context: S3Context, bucket: Bucket, version: NewVersion): Promise<ObjectVersion> {
  return bucket.locks.run(version.key, async () => {
    checkWrite(version.conditions, bucket.index.current(version.key));
    const now = context.clock.now();
    const retention = version.attributes.retention ?? defaultRetention(bucket, now);
    const record: ObjectVersion = {
      kind: 'object',
      id: context.ids.next(),
      key: version.key,
      versionId: newVersionId(context, bucket),
      sequence: bucket.nextSequence(),
      lastModified: now,
      ...version.attributes,
      ...(retention ? { retention } : {}),
      ...version.content,
      ...(version.uploadId === undefined ? {} : { uploadId: version.uploadId }),
      ...(context.announcer.hears(bucket) ? { unannounced: version.event } : {}),
    };
    await bucket.commit(record);
    context.announcer.created(bucket, record);
    return record;
  });
}

/** Hides a key behind a delete marker. The caller holds the lock of the key. */
export async function writeDeleteMarker(
  context: S3Context,
  bucket: Bucket,
  key: string,
  event = 'ObjectRemoved:DeleteMarkerCreated',
): Promise<DeleteMarker> {
  const marker: DeleteMarker = {
    kind: 'delete-marker',
    id: context.ids.next(),
    key,
    versionId: newVersionId(context, bucket),
    sequence: bucket.nextSequence(),
    lastModified: context.clock.now(),
  };
  await bucket.commit(marker);
  context.announcer.removed(bucket, marker, event);
  return marker;
}

function newVersionId(context: S3Context, bucket: Bucket): string {
  return bucket.settings.versioning === 'Enabled' ? context.ids.next() : 'null';
}

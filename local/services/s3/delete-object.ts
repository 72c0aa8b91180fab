import type { Bucket } from './bucket.ts';
import type { S3Context, S3Handler } from './context.ts';
import { versionHeader } from './object-headers.ts';
import { asksBypass, checkRemovable } from './object-lock.ts';
import { checkWrite } from './preconditions.ts';
import { writeDeleteMarker } from './write-version.ts';

export interface Deletion {
  readonly key: string;
  /** `undefined` deletes the key, which in a versioned bucket means a marker. */
  readonly versionId: string | undefined;
  readonly mayBypass: boolean;
  readonly conditions: Readonly<Record<string, string>>;
}

export interface Deleted {
  /** Version that was removed for good. */
  readonly versionId?: string;
  /** Version of the marker that was written or removed. */
  readonly markerVersionId?: string;
}

export const deleteObject: S3Handler = async ({ context, request, bucket, key }) => {
  const deleted = await deleteVersion(context, bucket, {
    key,
    versionId: request.query.get('versionId') ?? undefined,
    // The permission to bypass was asked for with the others, where it matters.
    mayBypass: asksBypass(request.headers),
    conditions: request.headers,
  });
  const versionId = deleted.versionId ?? deleted.markerVersionId;
  return {
    status: 204,
    headers: {
      ...(deleted.markerVersionId === undefined ? {} : { 'x-amz-delete-marker': 'true' }),
      ...(versionId === undefined ? {} : versionHeader(bucket, versionId)),
    },
  };
};

/** Deletes a key or one version of it. Deleting what is not there succeeds. Throws `AccessDenied` for locked versions. */
export function deleteVersion(context: S3Context, bucket: Bucket, deletion: Deletion): Promise<Deleted> {
  const { key, versionId, mayBypass } = deletion;
  return bucket.locks.run(key, async () => {
    if (deletion.conditions['if-match'] !== undefined) {
      checkWrite({ 'if-match': deletion.conditions['if-match'] }, bucket.index.current(key));
    }
    if (versionId === undefined && bucket.settings.versioning !== undefined) {
      const marker = await writeDeleteMarker(context, bucket, key);
      return { markerVersionId: marker.versionId };
    }
    const record = bucket.index.version(key, versionId ?? 'null');
    if (!record) return versionId === undefined ? {} : { versionId };
    if (record.kind === 'object') checkRemovable(record, context.clock.now(), mayBypass);
    await bucket.remove(record);
    context.announcer.removed(bucket, record, 'ObjectRemoved:Delete');
    const removed = versionId === undefined ? {} : { versionId };
    return record.kind === 'delete-marker' ? { ...removed, markerVersionId: record.versionId } : removed;
  });
}

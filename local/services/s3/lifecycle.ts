import type { LocalClock } from '../../gateway/service.ts';
import type { Bucket } from './bucket.ts';
import type { LifecycleRule } from './bucket-settings.ts';
import type { S3Context } from './context.ts';
import { deleteVersion } from './delete-object.ts';
import { abortUpload } from './multipart-upload.ts';
import { obstacle } from './object-lock.ts';
import { writeDeleteMarker } from './write-version.ts';

const DAY_MS = 86_400_000;

/** Sweeps at every midnight UTC of the clock, when S3's own day rules take effect; returns what stops it. */
export function scheduleSweeps(context: S3Context, clock: LocalClock): () => void {
  let cancel = () => {};
  const next = () => {
    const midnight = (Math.floor(clock.now() / DAY_MS) + 1) * DAY_MS;
    cancel = clock.at(midnight, () => {
      next();
      sweepLifecycle(context).catch((error: unknown) => process.stderr.write(`s3 lifecycle: ${String(error)}\n`));
    });
  };
  next();
  return () => cancel();
}

/** Carries out the lifecycle rules of every bucket as of now. Locked versions stay. */
export async function sweepLifecycle(context: S3Context): Promise<void> {
  for (const bucket of context.buckets.all()) {
    for (const rule of bucket.settings.lifecycle ?? []) if (rule.enabled) await applyRule(context, bucket, rule);
  }
}

async function applyRule(context: S3Context, bucket: Bucket, rule: LifecycleRule): Promise<void> {
  for (const key of [...bucket.index.keysFrom(rule.prefix)]) {
    if (!key.startsWith(rule.prefix)) break;
    await removeNoncurrent(context, bucket, rule, key);
    await expireCurrent(context, bucket, rule, key);
  }
  for (const upload of bucket.uploads.all()) {
    if (!upload.key.startsWith(rule.prefix) || !isDue(context, upload.initiatedAt, rule.abortIncompleteDays)) continue;
    await abortUpload(bucket, upload.id);
  }
}

async function expireCurrent(context: S3Context, bucket: Bucket, rule: LifecycleRule, key: string): Promise<void> {
  const latest = bucket.index.latest(key);
  if (!latest) return;
  if (latest.kind === 'delete-marker') {
    if (rule.expiredDeleteMarkers && bucket.index.versions(key).length === 1) await bucket.remove(latest);
    return;
  }
  if (!isDue(context, latest.lastModified, rule.expirationDays)) return;
  await bucket.locks.run(key, async () => {
    // A newer version may have come while this one waited.
    if (bucket.index.latest(key)?.id !== latest.id) return;
    if (bucket.settings.versioning === undefined) {
      await bucket.remove(latest);
      context.announcer.removed(bucket, latest, 'LifecycleExpiration:Delete');
    } else await writeDeleteMarker(context, bucket, key, 'LifecycleExpiration:DeleteMarkerCreated');
  });
}

/** A version counts as noncurrent from the moment its successor was written. */
async function removeNoncurrent(context: S3Context, bucket: Bucket, rule: LifecycleRule, key: string): Promise<void> {
  const versions = [...bucket.index.versions(key)];
  for (const [at, version] of versions.entries()) {
    const successor = versions[at - 1];
    if (!successor || !isDue(context, successor.lastModified, rule.noncurrentDays)) continue;
    if (version.kind === 'object' && obstacle(version, context.clock.now())) continue;
    await deleteVersion(context, bucket, { key, versionId: version.versionId, mayBypass: false, conditions: {} });
  }
}

/** S3 counts whole days and rounds up to the next midnight UTC. */
function isDue(context: S3Context, since: number, days: number | undefined): boolean {
  if (days === undefined) return false;
  return context.clock.now() >= Math.ceil((since + days * DAY_MS) / DAY_MS) * DAY_MS;
}

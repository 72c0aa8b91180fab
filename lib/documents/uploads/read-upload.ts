import type { Actor } from '../../access/actor.ts';
import { authorize } from '../../access/policy.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import { parseId } from '../../platform/ids.ts';
import { accessSubject, type Upload } from './upload.ts';
import type { Uploads } from './uploads.ts';

/** Arrivals come at most this long after the form's end: S3 tells of an object within minutes. */
const GRACE_MS = 3_600_000;
/** A check that has not ended by then never will: the file has left the intake bucket. */
const CHECKED_WITHIN_MS = 24 * 3_600_000;

/** Whether nothing can come of the upload any more. */
export function expired(upload: Upload, at: EpochMs): boolean {
  if (upload.state === 'awaiting') return at > upload.expiresAt + GRACE_MS;
  return upload.state === 'checking' && at > upload.arrivedAt + CHECKED_WITHIN_MS;
}

/** The caller's own upload. @throws ProblemError `not_found` */
export async function readUpload(
  deps: { readonly uploads: Pick<Uploads, 'find'> },
  actor: Actor,
  id: string,
  at: EpochMs,
): Promise<Upload> {
  const upload = await deps.uploads.find(parseId(id));
  if (!upload) throw new ProblemError('not_found', { field: 'id' });
  authorize(actor, 'upload.read', accessSubject(upload), at, 'upload.read');
  return upload;
}

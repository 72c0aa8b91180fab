import { type Actor, holds, type UnitCode } from '../../access/actor.ts';
import { authorize } from '../../access/policy.ts';
import { EMPTY_LOG } from '../../evidence/case-event.ts';
import type { Write } from '../../platform/aws/table.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { newId, type RandomBytes } from '../../platform/ids.ts';
import type { Classification } from '../classification.ts';
import type { AwaitingUpload, UploadType } from './upload.ts';
import type { UploadForm, UploadForms, Uploads } from './uploads.ts';

/** How long the form may be used. */
const FORM_SECONDS = 15 * 60;

export interface RequestUploadDeps {
  readonly uploads: Pick<Uploads, 'putWrite'>;
  readonly forms: UploadForms;
  readonly random: RandomBytes;
  readonly commit: (writes: readonly Write[]) => Promise<void>;
  readonly maxBytes: number;
}

export interface UploadRequest {
  readonly type: UploadType;
  readonly bytes: number;
  readonly sha256?: string | undefined;
  /** Declared by the sender; anything but `none` is turned away before there is anywhere to post to. */
  readonly classification: Classification;
  /** The unit in whose name a member of its staff uploads. */
  readonly unit?: UnitCode | undefined;
}

export interface RequestedUpload {
  readonly upload: AwaitingUpload;
  readonly form: UploadForm;
}

/** What stands for the owner in the object's metadata: not the subject itself. */
export function ownerMark(owner: Actor['personId']): string {
  return sha256Hex(`owner:${owner}`).slice(0, 32);
}

/**
 * Opens an upload: a form that takes exactly one file of the declared type and size for a quarter of an hour.
 * @param stamp makes the idempotency write for the answer; called with what is answered
 * @throws ProblemError `document_classified`, `upload_size`, `forbidden`
 */
export async function requestUpload(
  deps: RequestUploadDeps,
  actor: Actor,
  request: UploadRequest,
  at: EpochMs,
  stamp: (answer: RequestedUpload) => Write,
): Promise<RequestedUpload> {
  authorize(actor, 'upload.create', {}, at);
  if (request.classification !== 'none') throw new ProblemError('document_classified', { field: 'classification' });
  if (request.bytes < 1 || request.bytes > deps.maxBytes) {
    throw new ProblemError('upload_size', { field: 'bytes', detail: `At most ${deps.maxBytes} bytes.` });
  }
  if (request.unit !== undefined && !holds(actor, request.unit, ['clerk', 'officer', 'leader'], at)) {
    throw new ProblemError('forbidden', { field: 'unit' });
  }
  const upload: AwaitingUpload = {
    state: 'awaiting',
    id: newId(deps.random),
    documentId: newId(deps.random),
    owner: actor.personId,
    unit: request.unit,
    declared: { type: request.type, bytes: request.bytes, sha256: request.sha256 },
    createdAt: at,
    expiresAt: at + FORM_SECONDS * 1000,
    log: EMPTY_LOG,
    revision: 1,
  };
  const form = await deps.forms.form({
    id: upload.id,
    type: request.type,
    bytes: request.bytes,
    ownerMark: ownerMark(actor.personId),
    seconds: FORM_SECONDS,
  });
  const answer = { upload, form };
  await deps.commit([deps.uploads.putWrite(upload, undefined), stamp(answer)]);
  return answer;
}

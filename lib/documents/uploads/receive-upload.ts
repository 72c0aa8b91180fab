import type { EventLog } from '../../evidence/event-log.ts';
import type { Write } from '../../platform/aws/table.ts';
import type { Clock } from '../../platform/clock.ts';
import { CommitConflict } from '../../platform/commit-conflict.ts';
import { type Code, isProblem, ProblemError } from '../../platform/errors.ts';
import { newDocument } from '../document.ts';
import type { DocumentObjects, Documents } from '../documents.ts';
import type { Arrival } from './arrival.ts';
import { inspectUpload } from './inspect-upload.ts';
import { accept, type CheckingUpload, refuse, sameObject, settled, startChecking, type Upload } from './upload.ts';
import type { FetchedFile, IntakeObjects, Uploads } from './uploads.ts';

export interface ReceiveUploadDeps {
  readonly uploads: Uploads;
  readonly intake: IntakeObjects;
  readonly documents: Pick<Documents, 'putWrite'>;
  readonly objects: Pick<DocumentObjects, 'keep'>;
  readonly events: Pick<EventLog, 'writes'>;
  readonly clock: Clock;
  readonly commit: (writes: readonly Write[]) => Promise<void>;
}

/**
 * What became of an arrival: `unasked` had no upload, `surplus` was a second object for one upload, `repeated` had been
 * settled by an earlier run. Each of them is deleted.
 */
export type Received =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly code: Code }
  | { readonly outcome: 'unasked' | 'surplus' | 'repeated' };

/**
 * Takes in one posted object: pins it, inspects it, keeps it as a document or refuses it, and deletes it from intake. Any
 * step may be the last of a run that is killed: the next run ends in the same state.
 * @throws what the stores throw, and CommitConflict; the message then comes again
 */
export async function receiveUpload(deps: ReceiveUploadDeps, arrival: Arrival): Promise<Received> {
  const received = await settle(deps, arrival);
  await deps.intake.discard(arrival.key, arrival.object.versionId);
  return received;
}

async function settle(deps: ReceiveUploadDeps, arrival: Arrival): Promise<Received> {
  const upload = arrival.uploadId && (await deps.uploads.find(arrival.uploadId));
  if (!upload) return { outcome: 'unasked' };
  if (upload.state !== 'awaiting' && !sameObject(upload.object, arrival.object)) return { outcome: 'surplus' };
  if (settled(upload)) return { outcome: 'repeated' };
  const pinned = await pin(deps, upload, arrival);
  const file = await deps.intake.fetch(pinned.id, pinned.object, pinned.declared.bytes);
  if (typeof file === 'string') return refused(deps, pinned, UNFETCHED[file]);
  try {
    return await decide(deps, pinned, file);
  } finally {
    await file.dispose();
  }
}

const UNFETCHED = {
  gone: 'upload_expired',
  changed: 'document_changed',
  'too-large': 'upload_content_mismatch',
} as const satisfies Record<string, Code>;

/** Decides which object it is; what arrives for the upload afterwards is surplus. */
async function pin(
  deps: ReceiveUploadDeps,
  upload: Exclude<Upload, { state: 'accepted' | 'refused' }>,
  arrival: Arrival,
) {
  if (upload.state === 'checking') return upload;
  const next = startChecking(upload, arrival.object, deps.clock.now());
  await deps.commit([deps.uploads.putWrite(next, upload)]);
  return next;
}

async function decide(deps: ReceiveUploadDeps, upload: CheckingUpload, file: FetchedFile): Promise<Received> {
  const inspected = await verdict(() => inspectUpload(upload, file, upload.arrivedAt));
  if (inspected instanceof ProblemError) return refused(deps, upload, inspected.code);
  const stored = await deps.objects.keep(upload.documentId, 1, 'original', inspected.content);
  const { pages, source } = inspected;
  const { key, versionId, sha256, bytes } = stored;
  // A PDF is kept as it came, so what an earlier run stored can only be the same; a page made of an image is adopted.
  if (!source && sha256 !== file.sha256) return refused(deps, upload, 'document_changed');
  const at = deps.clock.now();
  // Of the file as it was fetched: a page made of an image is another one.
  const hashState = source || !file.hashState ? undefined : Buffer.from(file.hashState).toString('base64');
  const version = { n: 1, kind: 'original', key, versionId, sha256, bytes, pages, at, source, hashState } as const;
  const document = newDocument({
    id: upload.documentId,
    owner: upload.owner,
    unit: upload.unit,
    versions: [version],
    at,
  });
  const next = accept(upload, { sha256, bytes, pages }, at);
  return committed(deps, upload, next, { outcome: 'accepted' }, [deps.documents.putWrite(document, undefined)]);
}

async function refused(deps: ReceiveUploadDeps, upload: CheckingUpload, code: Code): Promise<Received> {
  return committed(deps, upload, refuse(upload, code, deps.clock.now()), { outcome: 'refused', code }, []);
}

async function committed(
  deps: ReceiveUploadDeps,
  upload: CheckingUpload,
  next: ReturnType<typeof accept> | ReturnType<typeof refuse>,
  received: Received,
  more: readonly Write[],
): Promise<Received> {
  try {
    await deps.commit([deps.uploads.putWrite(next.upload, upload), ...deps.events.writes(next.events), ...more]);
    return received;
  } catch (error) {
    // The same message at work twice: whoever came first has settled it.
    const now = error instanceof CommitConflict ? await deps.uploads.find(upload.id) : undefined;
    if (now && settled(now)) return { outcome: 'repeated' };
    throw error;
  }
}

/** A known problem is a verdict; anything else is a failure of ours and is tried again. */
async function verdict<T>(run: () => Promise<T>): Promise<T | ProblemError> {
  try {
    return await run();
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Id, newId, parseId, type RandomBytes } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { BroughtFiles, FileForm } from './brought-files.ts';
import { type FileVerdict, type VerifyDeps, verifyFile } from './verify-file.ts';

/** How long the form may be used. */
const FORM_SECONDS = 15 * 60;

export interface RequestDeps {
  readonly files: Pick<BroughtFiles, 'form'>;
  readonly random: RandomBytes;
  readonly maxBytes: number;
}

export interface RequestedFile {
  /** 130 random bits: whoever knows it may have the file verified, and nobody else. */
  readonly id: Id;
  readonly form: FileForm;
  readonly expiresAt: EpochMs;
}

/**
 * A form to post one file with that is too large for a request. Nothing is recorded: a file that comes is known by its id.
 * @throws ProblemError `upload_size`
 */
export async function requestFile(deps: RequestDeps, bytes: number, at: EpochMs): Promise<RequestedFile> {
  if (bytes < 1 || bytes > deps.maxBytes) {
    throw new ProblemError('upload_size', { field: 'size', detail: `At most ${deps.maxBytes} bytes.` });
  }
  const id = newId(deps.random);
  const form = await deps.files.form({ id, bytes, seconds: FORM_SECONDS });
  return { id, form, expiresAt: at + FORM_SECONDS * 1000 };
}

export interface VerifyUploadDeps extends VerifyDeps {
  readonly files: Pick<BroughtFiles, 'open' | 'discard'>;
  readonly log: Pick<Log, 'failure'>;
}

/**
 * Verifies a posted file and, once what is `made` of the verdict can be answered, deletes it. A file of which nothing could
 * be answered stays for another try, a day at most.
 * @throws ProblemError `not_found` when there is none, or no longer; `document_changed`; as `verifyFile` and `made`
 */
export async function verifyUpload<T>(
  deps: VerifyUploadDeps,
  id: string,
  at: EpochMs,
  made: (result: FileVerdict) => Promise<T>,
): Promise<T> {
  const known = parseId(id);
  const answer = await made(await verifyFile(deps, await deps.files.open(known), at));
  try {
    await deps.files.discard(known);
  } catch (error) {
    // The verdict stands all the same, and the bucket's own rule removes the file.
    deps.log.failure('verification.file-left', error);
  }
  return answer;
}

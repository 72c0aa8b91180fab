import { type Document, latestVersion, upkeepSent } from '../documents/document.ts';
import type { DocumentsInUpkeep } from '../documents/documents.ts';
import type { Job } from '../jobs/job.ts';
import { type JobQueues, sendJobs } from '../jobs/send-jobs.ts';
import type { EpochMs } from '../platform/clock.ts';
import { CommitConflict } from '../platform/commit-conflict.ts';

/** Sends a document to have done what its signatures need; should nothing come of it, again after a longer wait. */
export async function sendUpkeep(
  { documents, queues }: { readonly documents: DocumentsInUpkeep; readonly queues: JobQueues },
  document: Document,
  now: EpochMs,
): Promise<void> {
  const id = `${document.id}-${latestVersion(document).n}-${document.upkeep?.tries ?? 0}`;
  const job: Job = { job: 'preserve-document', id, documentId: document.id };
  const unsent = await sendJobs(queues, [job]);
  if (unsent.size > 0) throw new Error('a job was not taken by its queue');
  try {
    await documents.commit([documents.putWrite(upkeepSent(document, now), document)]);
  } catch (error) {
    // The document has just been changed: it has been looked at.
    if (!(error instanceof CommitConflict)) throw error;
  }
}

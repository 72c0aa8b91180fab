import { CommitConflict } from '../platform/commit-conflict.ts';

/** What became of a job: it was done now, or had been done (or overtaken) before. */
export type JobOutcome = 'done' | 'repeated';

const ATTEMPTS = 10;

/**
 * Runs a job, starting over from fresh reads where another writer was first. Whatever else goes wrong is thrown: the queue
 * brings the job back.
 */
export async function runJob(
  backOff: (attempt: number) => Promise<void>,
  run: () => Promise<JobOutcome>,
): Promise<JobOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof CommitConflict) || attempt === ATTEMPTS) throw error;
      await backOff(attempt);
    }
  }
}

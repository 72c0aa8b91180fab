import { expect } from 'vitest';
import { type Code, ProblemError } from '../../../lib/platform/errors.ts';

/** The code of the `ProblemError` that `work` ends in; fails when it ends in none or in another kind of error. */
export async function problemOf(work: () => Promise<unknown>): Promise<Code> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
    return (error as ProblemError).code;
  }
  throw new Error('It was expected to be refused');
}

import { ProblemError } from '../platform/errors.ts';

/** The file breaks ISO 32000 in a way that only guessing could mend. */
export function broken(detail: string): ProblemError {
  return new ProblemError('pdf_broken', { detail });
}

/** The file is larger, deeper or longer than a bound of `PdfLimits`. */
export function overLimit(detail: string): ProblemError {
  return new ProblemError('pdf_limits', { detail });
}

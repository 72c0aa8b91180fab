import { CATALOG, type Code } from './errors-catalog.ts';

export type { Code } from './errors-catalog.ts';

/** What a person may read about an error, beyond its code: never file contents, names or identity numbers. */
export interface ProblemOptions {
  /** The input field at fault, as a JSON path such as `recipients[1]`. */
  readonly field?: string;
  /** Facts that help to mend it, in neutral words; shown in the problem's `detail`. */
  readonly detail?: string;
  /** Seconds after which it is worth trying again; goes into `Retry-After`. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/**
 * The only error that crosses a function's edge with a meaning. Its code is one of a closed list; the sentences in
 * Vietnamese and English and the HTTP status follow from the code. Everything else becomes an opaque 500.
 */
export class ProblemError extends Error {
  readonly code: Code;
  readonly field: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: Code, options: ProblemOptions = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, { cause: options.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.field = options.field;
    this.detail = options.detail;
    this.retryAfter = options.retryAfter;
  }
}

/** True when `error` is a `ProblemError` (with one of `codes`, where given). */
export function isProblem(error: unknown, ...codes: readonly Code[]): error is ProblemError {
  return error instanceof ProblemError && (codes.length === 0 || codes.includes(error.code));
}

/** The body of an error answer (RFC 9457 `application/problem+json`), with both languages. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly titleVi: string;
  readonly status: number;
  readonly code: Code;
  readonly field?: string;
  readonly detail?: string;
  readonly instance?: string;
}

/** RFC 9457 §3: problem details for a known error. `instance` is the request id. */
export function problemDetails(error: ProblemError, instance?: string): ProblemDetails {
  const entry = CATALOG[error.code];
  return {
    type: `urn:ba-khong:problem:${error.code}`,
    title: entry.en,
    titleVi: entry.vi,
    status: entry.status,
    code: error.code,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(instance === undefined ? {} : { instance }),
  };
}

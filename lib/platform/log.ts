import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Everything that may be written to a log, by its code. Fields are codes, ids, counts and durations: no names, identity
 * numbers, addresses or file contents, ever.
 */
export const LOG_EVENTS = {
  'request.refused': 'a request was answered with a known problem',
  'request.failed': 'a request met an error nobody foresaw',
  'job.done': 'a job ran to its end',
  'job.repeated': 'a job had been done before; nothing was changed',
  'job.failed': 'a job failed and will be tried again',
  'job.malformed': 'a message is not a job; it goes to the dead letters',
  'upload.accepted': 'an upload passed inspection',
  'upload.refused': 'an upload was refused and deleted',
  'upload.discarded': 'an object that no upload was waiting for was deleted',
  'document.hash-state-refused': 'the hash state of a version is not of its bytes; they were read instead',
  'document.level-waits': 'an authority cannot give now what the signatures of a document lack; it is asked again',
  'verification.file-left': 'a file that was verified could not be deleted; the bucket removes it',
  'mail.sent': 'a mail was handed to the mail service',
  'mail.undeliverable': 'a mail had nobody to go to, or its address was refused',
  'sweep.done': 'a sweep ended',
  'root.written': 'the root of a day over all event logs was written',
  'root.stamped': 'the root of a day was timestamped',
  'root.waits': 'no authority can timestamp the root of a day now; it is asked again',
  'roots.done': 'a run of the daily roots ended',
} as const;

export type LogEvent = keyof typeof LOG_EVENTS;
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  event(code: LogEvent, fields?: Fields): void;
  /** An error with its stack; its message must not hold personal data either. */
  failure(code: LogEvent, error: unknown, fields?: Fields): void;
}

/** Structured JSON lines by Powertools; the service name comes from the function's environment. */
export function createLog(): Log {
  const logger = new Logger();
  return {
    event: (code, fields) => logger.info(LOG_EVENTS[code], { event: code, ...fields }),
    failure: (code, error, fields) =>
      logger.error(LOG_EVENTS[code], {
        event: code,
        ...fields,
        error: withoutAddresses(error),
      }),
  };
}

/** SES names addresses that it refuses in its messages; nothing else of an error is kept than its name, message and stack. */
function withoutAddresses(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(masked(String(error)));
  const { cause } = error;
  const clean = new Error(masked(error.message), cause === undefined ? {} : { cause: withoutAddresses(cause) });
  clean.name = error.name;
  if (error.stack !== undefined) clean.stack = masked(error.stack);
  return clean;
}

const LONGEST_TEXT = 4000;

function masked(text: string): string {
  return text.slice(0, LONGEST_TEXT).replace(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, '(address)');
}

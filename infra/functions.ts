/** The functions of the service: each is the folder `functions/<name>` with its `handler.ts`. */
export const FUNCTION_NAMES = [
  'documents-api',
  'petitions-api',
  'dispatches-api',
  'directory-api',
  'signing-api',
  'evidence-api',
  'verify-api',
  'service-api',
  'intake-worker',
  'relay',
  'sign-worker',
  'delivery-worker',
  'notify-worker',
  'mail-events-worker',
  'evidence-worker',
  'sweep',
  'daily-root',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Those that write text on PDF pages and so carry the fonts. */
export const WITH_FONTS: readonly FunctionName[] = ['sign-worker', 'signing-api', 'verify-api'];

/** Folder of the fonts inside a function's asset. */
export const FONTS_FOLDER = 'fonts';

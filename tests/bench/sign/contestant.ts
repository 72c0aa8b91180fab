/** Loads what is loaded once, and answers what is timed: one signature on the file, its key at hand. */
export type Contestant = (file: string, container: string) => Promise<() => Promise<unknown>>;

/** `limit` is nobody's: nothing that reads the file can be faster. */
export const NAMES = [
  'limit: SHA-256 of the bytes + one RSA',
  'ours, from memory',
  'ours, from the file',
  'ours, second signature with hash state',
  '@libpdf/core 0.4.2',
  'cantoo pdf-lib 2.11.1 + @signpdf 3.3.0',
  '@signpdf 3.3.0, placeholder-plain',
] as const;
export type ContestantName = (typeof NAMES)[number];

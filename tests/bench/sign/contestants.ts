import type { Contestant, ContestantName } from './contestant.ts';
import { limit, ownFromFile, ownFromMemory, ownWithHashState } from './own-contestants.ts';
import { cantooWithSignPdf, libpdf, signPdfPlain } from './peer-contestants.ts';

export const CONTESTANTS: Readonly<Record<ContestantName, Contestant>> = {
  'limit: SHA-256 of the bytes + one RSA': limit,
  'ours, from memory': ownFromMemory,
  'ours, from the file': ownFromFile,
  'ours, second signature with hash state': ownWithHashState,
  '@libpdf/core 0.4.2': libpdf,
  'cantoo pdf-lib 2.11.1 + @signpdf 3.3.0': cantooWithSignPdf,
  '@signpdf 3.3.0, placeholder-plain': signPdfPlain,
};

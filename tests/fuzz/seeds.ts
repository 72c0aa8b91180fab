import { memorySource } from '../../lib/pdf/byte-source.ts';
import { openPdf } from '../../lib/pdf/document.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { corpusFiles } from '../unit/pdf/corpus.ts';
import { authoredSeeds, type Seed } from './signed-seeds.ts';

/** Larger files add time, not ways to go wrong. */
const LARGEST = 200_000;

/** What cases begin with: files that would be passed, files that can be read, and anything. */
export interface Seeds {
  readonly signed: readonly Seed[];
  readonly readable: readonly Seed[];
  readonly all: readonly Seed[];
}

/** Files of our own in every form, unsigned and signed, and the corpus where it is. */
export async function loadSeeds(): Promise<Seeds> {
  const authored = await authoredSeeds();
  const corpus = corpusFiles()
    .map(({ folder, name, read }) => ({ name: `${folder}/${name}`, bytes: Buffer.from(read()), signed: [] }))
    .filter(({ bytes }) => bytes.length > 64 && bytes.length <= LARGEST);
  const readable: Seed[] = [];
  for (const seed of corpus) if (await opens(seed.bytes)) readable.push(seed);
  return { signed: authored.filter(({ signed }) => signed.length > 0), readable, all: [...authored, ...corpus] };
}

async function opens(bytes: Buffer): Promise<boolean> {
  try {
    await (await openPdf(memorySource(bytes))).catalog();
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

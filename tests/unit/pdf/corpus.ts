import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../../shared/corpus');

export interface CorpusFile {
  readonly folder: string;
  readonly name: string;
  read(): Uint8Array;
}

/** The PDF files of the shared corpus; none, with a message, where the corpus is absent. */
export function corpusFiles(): CorpusFile[] {
  if (!existsSync(ROOT)) {
    console.warn('The corpus ../shared/corpus is absent: the tests over it are skipped.');
    return [];
  }
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: folder }) =>
      readdirSync(join(ROOT, folder)).map((name) => ({
        folder,
        name,
        read: () => readFileSync(join(ROOT, folder, name)),
      })),
    );
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FontFiles } from '../../lib/pdf/author/authored-document.ts';
import { FONT_FILES } from '../../lib/platform/names.ts';

/** Reads the fonts when they are first needed, and keeps them while the function lives. */
export function fontsIn(root: string, folder: string): () => Promise<FontFiles> {
  let loaded: Promise<FontFiles> | undefined;
  const read = (file: string) => readFile(join(root, folder, file));
  return () => {
    loaded ??= Promise.all([read(FONT_FILES.regular), read(FONT_FILES.bold), read(FONT_FILES.italic)]).then(
      ([regular, bold, italic]) => ({ regular, bold, italic }),
    );
    return loaded;
  };
}

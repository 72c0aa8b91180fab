import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FontFiles } from '../../lib/pdf/author/authored-document.ts';
import { FONT_FILES } from '../../lib/platform/names.ts';

/** Tinos from the package that carries it. */
export async function tinos(): Promise<FontFiles> {
  const folder = new URL('.', import.meta.resolve('@expo-google-fonts/tinos/package.json'));
  const read = (style: string, file: string) => readFile(fileURLToPath(new URL(`${style}/${file}`, folder)));
  return {
    regular: await read('400Regular', FONT_FILES.regular),
    bold: await read('700Bold', FONT_FILES.bold),
    italic: await read('400Regular_Italic', FONT_FILES.italic),
  };
}

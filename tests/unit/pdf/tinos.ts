import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FontFiles } from '../../../lib/pdf/author/authored-document.ts';

const ROOT = join(import.meta.dirname, '../../../node_modules/@expo-google-fonts/tinos');
const read = (path: string) => readFileSync(join(ROOT, path));

export const TINOS: FontFiles = {
  regular: read('400Regular/Tinos_400Regular.ttf'),
  bold: read('700Bold/Tinos_700Bold.ttf'),
  italic: read('400Regular_Italic/Tinos_400Regular_Italic.ttf'),
};

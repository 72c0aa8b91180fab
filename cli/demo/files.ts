import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FileToSend } from '../upload.ts';

const TYPES: Readonly<Record<string, FileToSend['contentType']>> = {
  '.pdf': 'application/pdf',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
};

/** One of the documents that come with the demo. */
export function sample(name: 'petition' | 'answer' | 'dispatch'): Promise<FileToSend> {
  return fileToSend(join(import.meta.dirname, 'samples', `${name}.pdf`));
}

/** @throws Error when the file cannot be read or its name says no type that can be sent. */
export async function fileToSend(path: string): Promise<FileToSend> {
  const contentType = TYPES[extname(path).toLowerCase()];
  if (!contentType) throw new Error(`${path}: send a PDF, JPEG or PNG file.`);
  return { bytes: await readFile(path), contentType };
}

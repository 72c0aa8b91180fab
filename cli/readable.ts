import { readFile } from 'node:fs/promises';
import { decodePem } from '../lib/pki/pem.ts';
import { CommandProblem, EXIT } from './command.ts';

/** What reading a file gives. @throws CommandProblem `file_unreadable`, with which a command ends as for a bad command line */
export async function readable<Result>(
  file: string,
  read: (readAll: (path: string) => Promise<Buffer>) => Promise<Result>,
): Promise<Result> {
  try {
    return await read((path) => readFile(path));
  } catch (cause) {
    const why = String((cause as { code?: unknown }).code ?? 'error');
    throw new CommandProblem(
      'file_unreadable',
      { vi: `Không đọc được tệp ${file} (${why}).`, en: `The file ${file} cannot be read (${why}).` },
      EXIT.usage,
    );
  }
}

/** All of a small file. @throws CommandProblem `file_unreadable` */
export function bytesOf(file: string): Promise<Buffer> {
  return readable(file, (read) => read(file));
}

/** The certificates in PEM files, DER. @throws CommandProblem `file_unreadable` */
export async function certificatesIn(files: readonly string[]): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (const file of files) found.push(...decodePem('CERTIFICATE', (await bytesOf(file)).toString('latin1')));
  return found;
}

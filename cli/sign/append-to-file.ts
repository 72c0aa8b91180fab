import { type FileSource, openFileSource } from '../../lib/pdf/file-source.ts';
import { type Terminal, UsageError } from '../command.ts';
import { readable } from '../readable.ts';
import { fileState, refuseExisting, sameFile, writeAppended } from './write-appended.ts';

export interface FileOrder {
  /** The original; only read. */
  readonly file: string;
  readonly out: string;
  /** Replace `out` when it is there. */
  readonly force: boolean;
}

/**
 * Writes a file that begins with the original's bytes; `make` says what follows. Whatever it throws, nothing is written.
 * @throws UsageError; CommandProblem `file_unreadable`, `file_exists`, `file_changed`, `file_not_written`
 */
export async function appendToFile<Made extends { readonly tail: Uint8Array }>(
  { file, out, force }: FileOrder,
  terminal: Terminal,
  make: (source: FileSource) => Promise<Made>,
): Promise<Omit<Made, 'tail'> & { readonly file: string; readonly out: string }> {
  const asRead = await readable(file, () => fileState(file));
  if (await sameFile(file, out)) {
    throw new UsageError('Không ghi lên chính tệp gốc.', 'The signed file does not take the place of the original.');
  }
  if (!force) await refuseExisting(out);
  const source = await readable(file, () => openFileSource(file));
  try {
    const { tail, ...made } = await make(source);
    await writeAppended({ file, asRead, tail, out, force });
    return { file, out, ...made };
  } finally {
    terminal.show?.('');
    await source.close();
  }
}

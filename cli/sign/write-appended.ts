import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { constants, copyFile, link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandProblem } from '../command.ts';

export interface AppendedFile {
  /** The original; only read. */
  readonly file: string;
  /** Its state when it was read for signing: a file that changed since is not copied. */
  readonly asRead: FileState;
  readonly tail: Uint8Array;
  readonly out: string;
  /** Replace `out` when it is there. */
  readonly force: boolean;
}

/** What shows that a file was changed or replaced. */
export interface FileState {
  readonly size: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
}

export async function fileState(file: string): Promise<FileState> {
  const { size, ino, mtimeNs } = await stat(file, { bigint: true });
  return { size, ino, mtimeNs };
}

/**
 * Writes original and tail as one file, by the file system's own copy (none at all where it shares blocks).
 * @throws CommandProblem `file_exists`, `file_changed`, `file_not_written`
 */
export function writeAppended({ file, asRead, tail, out, force }: AppendedFile): Promise<void> {
  return writeWhole(out, force, async (partial) => {
    await copyFile(file, partial, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const now = await fileState(file);
    const copied = await stat(partial, { bigint: true });
    const same = now.size === asRead.size && now.ino === asRead.ino && now.mtimeNs === asRead.mtimeNs;
    if (!same || copied.size !== asRead.size) throw changed(file);
    const handle = await open(partial, 'a');
    try {
      await handle.writeFile(tail);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Writes chunks as one file. @throws CommandProblem `file_exists`, `file_not_written` */
export function writeChunks(out: string, force: boolean, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  return writeWhole(out, force, async (partial) => {
    const handle = await open(partial, 'wx');
    try {
      for await (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/**
 * `fill` writes a file beside its place under another name and flushes it; then it is moved. So `out` is whole or as it was,
 * whenever the process ends.
 */
async function writeWhole(out: string, force: boolean, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = join(dirname(out), `.${basename(out)}.${randomBytes(6).toString('hex')}.partial`);
  const forget = forgetWhenStopped(partial);
  try {
    await fill(partial);
    await move(partial, out, force);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof CommandProblem) throw error;
    throw notWritten(out, error);
  } finally {
    forget();
  }
}

/** A link fails where something is there already, in one step; a file system without links is asked first. */
export async function move(partial: string, out: string, force: boolean): Promise<void> {
  if (force) return rename(partial, out);
  try {
    await link(partial, out);
    await rm(partial);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw fileExists(out);
    await refuseExisting(out);
    await rename(partial, out);
  }
}

/** @throws CommandProblem `file_exists` */
export async function refuseExisting(out: string): Promise<void> {
  const there = await stat(out).catch(() => undefined);
  if (there) throw fileExists(out);
}

/** True when both names mean one file, through links too. */
export async function sameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([realpath(a), realpath(b).catch(() => b)]);
  if (first === second) return true;
  const [one, other] = await Promise.all([stat(a, { bigint: true }), stat(b, { bigint: true }).catch(() => undefined)]);
  return one.ino !== 0n && one.ino === other?.ino && one.dev === other.dev;
}

/** Ctrl-C and `kill` leave no partial file behind. */
export function forgetWhenStopped(partial: string): () => void {
  const stop = (signal: NodeJS.Signals) => {
    try {
      unlinkSync(partial);
    } catch {
      // It was not there yet, or no longer.
    }
    process.removeListener(signal, stop);
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.removeListener(signal, stop);
  };
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

function fileExists(out: string): CommandProblem {
  return new CommandProblem('file_exists', {
    vi: `Tệp ${out} đã có; dùng --force để ghi đè.`,
    en: `The file ${out} is there already; --force replaces it.`,
  });
}

function changed(file: string): CommandProblem {
  return new CommandProblem('file_changed', {
    vi: `Tệp ${file} đã thay đổi trong khi ký; chưa ghi gì.`,
    en: `The file ${file} changed while it was being signed; nothing was written.`,
  });
}

export function notWritten(out: string, cause: unknown): CommandProblem {
  return new CommandProblem('file_not_written', {
    vi: `Không ghi được tệp ${out} (${String(codeOf(cause) ?? 'lỗi')}).`,
    en: `The file ${out} could not be written (${String(codeOf(cause) ?? 'error')}).`,
  });
}

import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Pending {
  readonly line: string;
  readonly durable: boolean;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * An append-only file of JSON lines. Lines that arrive while the disk is busy are written and flushed together, so that
 * durability costs one flush for many callers.
 */
export class Journal {
  readonly #path: string;
  readonly #snapshot: () => readonly unknown[];
  #file: FileHandle;
  #pending: Pending[] = [];
  #draining: Promise<void> | undefined;
  #lines: number;
  /** Bytes of the file that are whole lines. */
  #bytes: number;
  #compactAt: number;

  private constructor(
    path: string,
    file: FileHandle,
    whole: { lines: number; bytes: number },
    snapshot: () => readonly unknown[],
  ) {
    this.#path = path;
    this.#file = file;
    this.#lines = whole.lines;
    this.#bytes = whole.bytes;
    this.#snapshot = snapshot;
    this.#compactAt = Math.max(whole.lines, COMPACT_AFTER);
  }

  /**
   * Opens (or creates) a journal and replays it. A last line cut off by a crash was never acknowledged: it is dropped.
   * @param replay called for each entry in order
   * @param snapshot entries that stand for the present state; they replace the lines when these have grown many
   */
  static async open(
    path: string,
    replay: (entry: unknown) => void,
    snapshot: () => readonly unknown[],
  ): Promise<Journal> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const lines = whole.split('\n').slice(0, -1);
    for (const [index, line] of lines.entries()) replay(parseLine(line, path, index));
    const file = await open(path, 'a', 0o600);
    const bytes = Buffer.byteLength(whole);
    if (whole.length < text.length) await file.truncate(bytes);
    return new Journal(path, file, { lines: lines.length, bytes }, snapshot);
  }

  /**
   * Appends an entry.
   * @param durable wait until it is flushed to the disk, not only handed to the operating system
   * @param written called as soon as it is written, before anything else is appended or compacted
   */
  append(entry: unknown, durable: boolean, written: () => void = () => {}): Promise<void> {
    return new Promise((resolve, failed) => {
      const done = () => {
        written();
        resolve();
      };
      this.#pending.push({ line: `${JSON.stringify(entry)}\n`, durable, written: done, failed });
      this.#draining ??= this.#drain();
    });
  }

  /** Waits for everything appended so far, then closes the file. */
  async close(): Promise<void> {
    while (this.#draining) await this.#draining;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    // Leave the callers' turn first, so that what they append together is flushed together.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      try {
        await this.#write(batch);
        for (const item of batch) item.written();
        if (this.#lines > this.#compactAt) await this.#compact();
      } catch (error) {
        for (const item of batch) item.failed(error);
      }
    }
    this.#draining = undefined;
  }

  /** Appends lines; what a full disk cuts off is taken back, or the next line would be damaged by it. */
  async #write(batch: readonly Pending[]): Promise<void> {
    const bytes = Buffer.from(batch.map((item) => item.line).join(''));
    try {
      await this.#file.appendFile(bytes);
      if (batch.some((item) => item.durable)) await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(this.#bytes);
      throw error;
    }
    this.#lines += batch.length;
    this.#bytes += bytes.length;
  }

  /** Writes the present state beside the journal and puts it in its place in one step. */
  async #compact(): Promise<void> {
    const entries = this.#snapshot();
    const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    const fresh = await open(`${this.#path}.new`, 'w', 0o600);
    try {
      await fresh.appendFile(bytes);
      await fresh.datasync();
    } finally {
      await fresh.close();
    }
    await rename(`${this.#path}.new`, this.#path);
    await flushDirectory(dirname(this.#path));
    await this.#file.close();
    this.#file = await open(this.#path, 'a', 0o600);
    this.#lines = entries.length;
    this.#bytes = bytes.length;
    this.#compactAt = Math.max(COMPACT_AFTER, 4 * entries.length);
  }
}

const COMPACT_AFTER = 4000;

function parseLine(line: string, path: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${path}: line ${index + 1} is damaged; move the file away to start without it`, { cause });
  }
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined);
  // Some file systems refuse to flush a directory; the rename is then as durable as they make it.
  await directory?.sync().catch(() => {});
  await directory?.close();
}

import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ByteSource } from './byte-source.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Up to here a read costs less than waiting for one does; opening and closing always do. */
const AT_ONCE = 64 * 1024;
const CHUNK = 256 * 1024;

/** Up to here a whole file is read in less time than the waits for its chunks take. */
const SMALL = 2 * 1024 * 1024;
const SMALL_CHUNK = 128 * 1024;

const readInto = promisify(read);

/** Opens a local file for lazy reading; `close()` it when done. Errors of the file system pass through. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  return {
    length: size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      if (length > AT_ONCE) return fill(file, buffer, offset);
      for (let filled = 0; filled < length; ) {
        filled += atLeastOne(readSync(file, buffer, filled, length - filled, offset + filled));
      }
      return buffer;
    },
    stream: () => (size <= SMALL ? atOnce(file, size) : inTurns(file, size)),
    close: async () => closeSync(file),
  };
}

async function* atOnce(file: number, size: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(SMALL_CHUNK, size));
  for (let offset = 0; offset < size; ) {
    const bytes = atLeastOne(readSync(file, buffer, 0, Math.min(buffer.length, size - offset), offset));
    offset += bytes;
    yield buffer.subarray(0, bytes);
  }
}

/** Two buffers by turns: one is read into while the other is worked on. */
async function* inTurns(file: number, size: number): AsyncGenerator<Uint8Array> {
  const buffers = [Buffer.allocUnsafeSlow(Math.min(CHUNK, size)), Buffer.allocUnsafeSlow(Math.min(CHUNK, size))];
  const chunkAt = (offset: number) => {
    const buffer = buffers[(offset / CHUNK) % 2] as Buffer;
    return fill(file, buffer.subarray(0, Math.min(CHUNK, size - offset)), offset);
  };
  let next = size > 0 ? chunkAt(0) : undefined;
  try {
    for (let offset = CHUNK; next; offset += CHUNK) {
      const chunk: Uint8Array = await next;
      next = offset < size ? chunkAt(offset) : undefined;
      next?.catch(() => {});
      yield chunk;
    }
  } finally {
    // Whoever stops early may close the file: not while it is being read.
    await next?.catch(() => {});
  }
}

async function fill(file: number, buffer: Buffer, offset: number): Promise<Buffer> {
  for (let filled = 0; filled < buffer.length; ) {
    filled += atLeastOne((await readInto(file, buffer, filled, buffer.length - filled, offset + filled)).bytesRead);
  }
  return buffer;
}

function atLeastOne(bytesRead: number): number {
  if (bytesRead === 0) throw new Error('The file became shorter while it was read');
  return bytesRead;
}

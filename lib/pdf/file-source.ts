import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from './byte-source.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Up to here a read costs less than waiting for one does. */
const AT_ONCE = 64 * 1024;
const CHUNK = 512 * 1024;

/** Opens a local file for lazy reading; `close()` it when done. Errors of the file system pass through. */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    length: size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      if (length > AT_ONCE) return fill(handle, buffer, offset);
      for (let filled = 0; filled < length; ) {
        filled += atLeastOne(readSync(handle.fd, buffer, filled, length - filled, offset + filled));
      }
      return buffer;
    },
    stream: () => inTurns(handle, size),
    close: () => handle.close(),
  };
}

/** Two buffers by turns: one is read into while the other is worked on. */
async function* inTurns(handle: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  const buffers = [Buffer.allocUnsafeSlow(Math.min(CHUNK, size)), Buffer.allocUnsafeSlow(Math.min(CHUNK, size))];
  const chunkAt = (offset: number) => {
    const buffer = buffers[(offset / CHUNK) % 2] as Buffer;
    return fill(handle, buffer.subarray(0, Math.min(CHUNK, size - offset)), offset);
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

async function fill(handle: FileHandle, buffer: Buffer, offset: number): Promise<Buffer> {
  for (let filled = 0; filled < buffer.length; ) {
    filled += atLeastOne((await handle.read(buffer, filled, buffer.length - filled, offset + filled)).bytesRead);
  }
  return buffer;
}

function atLeastOne(bytesRead: number): number {
  if (bytesRead === 0) throw new Error('The file became shorter while it was read');
  return bytesRead;
}

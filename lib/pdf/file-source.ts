import { open } from 'node:fs/promises';
import type { ByteSource } from './byte-source.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Opens a local file for lazy reading; `close()` it when done. Errors of the file system pass through. */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    length: size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) throw new Error('The file became shorter while it was read');
        filled += bytesRead;
      }
      return buffer;
    },
    close: () => handle.close(),
  };
}

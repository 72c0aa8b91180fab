import type { ByteSource } from '../../lib/pdf/byte-source.ts';

/** Smaller files are signed before a bar could be read. */
const WORTH_SHOWING = 32 * 1024 * 1024;
const WIDTH = 30;

/**
 * The same source, with a bar that grows as it is read from beginning to end; what is read here and there before does not
 * count. Without `show`, or for small files, the source as it is.
 */
export function withProgress<Source extends ByteSource>(
  source: Source,
  show: ((line: string) => void) | undefined,
): Source {
  if (!show || source.length < WORTH_SHOWING) return source;
  let done = 0;
  let shown = -1;
  return {
    ...source,
    async read(offset: number, length: number) {
      const bytes = await source.read(offset, length);
      if (offset === done) done += length;
      const percent = Math.floor((done / source.length) * 100);
      if (percent !== shown) show(bar(percent));
      shown = percent;
      return bytes;
    },
  };
}

function bar(percent: number): string {
  const full = Math.round((percent / 100) * WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${percent} %`;
}

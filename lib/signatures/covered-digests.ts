import { createHash, type Hash } from 'node:crypto';
import type { ByteSource } from '../pdf/byte-source.ts';

/** A digest that is wanted: of the bytes of `ranges` (offset, length), in order, under `hash`. */
export interface DigestRequest {
  readonly hash: string;
  readonly ranges: readonly (readonly [offset: number, length: number])[];
}

const CHUNK = 1024 * 1024;

/**
 * All digests in one read of the source, in constant memory. Ranges ascend; what lies behind the end is left out.
 * `observe` sees every chunk in order.
 */
export async function coveredDigests(
  source: ByteSource,
  requests: readonly DigestRequest[],
  observe?: (chunk: Uint8Array) => void,
): Promise<Uint8Array[]> {
  const running = requests.map((request) => ({ ...request, hasher: createHash(request.hash) }));
  for (let offset = 0; offset < source.length; offset += CHUNK) {
    const chunk = await source.read(offset, Math.min(CHUNK, source.length - offset));
    observe?.(chunk);
    for (const { hasher, ranges } of running) for (const range of ranges) update(hasher, chunk, offset, range);
  }
  return running.map(({ hasher }) => hasher.digest());
}

function update(hasher: Hash, chunk: Uint8Array, chunkStart: number, [start, length]: readonly [number, number]): void {
  const from = Math.max(start - chunkStart, 0);
  const to = Math.min(start + length - chunkStart, chunk.length);
  if (from < to) hasher.update(chunk.subarray(from, to));
}

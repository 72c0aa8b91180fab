import { type ByteSource, chunksOf, prefixSource } from '../../pdf/byte-source.ts';
import type { Coverage } from './verdict.ts';

/** The file as it was when the signature was made: its first `revisionBytes` octets, a PDF of its own. Nothing is copied. */
export function coveredRevision(source: ByteSource, { revisionBytes }: Pick<Coverage, 'revisionBytes'>): ByteSource {
  return prefixSource(source, revisionBytes);
}

/**
 * The very octets that were hashed, in order: the revision without the hex string of /Contents (ISO 32000-2 §12.8.1). Their
 * digest is `coverage.digest`. A chunk is good until the next is asked for.
 */
export async function* hashedBytes(
  source: ByteSource,
  { byteRange }: Pick<Coverage, 'byteRange'>,
): AsyncGenerator<Uint8Array> {
  const [, gapStart, gapEnd, after] = byteRange;
  yield* chunksOf(prefixSource(source, gapStart));
  yield* chunksOf(partOf(source, gapEnd, after));
}

function partOf(source: ByteSource, from: number, length: number): ByteSource {
  return { length, read: (offset, count) => source.read(from + offset, count) };
}

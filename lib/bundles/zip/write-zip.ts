import { createHash } from 'node:crypto';
import { Zip, ZipPassThrough } from 'fflate';
import { type ByteSource, chunksOf } from '../../pdf/byte-source.ts';
import type { Sha256Hex } from '../../platform/hash.ts';

export interface FileToPack {
  readonly path: string;
  readonly source: ByteSource;
}

export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256Hex;
}

/**
 * Packs files into a ZIP file as they come, uncompressed: they are PDFs for the most part, and whoever reads it need unpack
 * nothing. At most 4 GiB (no ZIP64).
 * @param last the last file, made from what was packed before it
 */
export async function* writeZip(
  files: AsyncIterable<FileToPack>,
  last: (packed: readonly PackedFile[]) => FileToPack,
): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else out.push(chunk);
  });
  function* taken(): Generator<Uint8Array> {
    if (failure) throw failure;
    yield* out.splice(0);
  }
  async function* pack({ path, source }: FileToPack): AsyncGenerator<Uint8Array, PackedFile> {
    const entry = new ZipPassThrough(path);
    const hash = createHash('sha256');
    zip.add(entry);
    for await (const chunk of chunksOf(source)) {
      hash.update(chunk);
      // The source may write to it again.
      entry.push(chunk.slice());
      yield* taken();
    }
    entry.push(new Uint8Array(0), true);
    yield* taken();
    return { path, bytes: source.length, sha256: hash.digest('hex') };
  }
  const packed: PackedFile[] = [];
  for await (const file of files) packed.push(yield* pack(file));
  yield* pack(last(packed));
  zip.end();
  yield* taken();
}

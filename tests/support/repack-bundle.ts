import { readFile, writeFile } from 'node:fs/promises';
import { PATHS } from '../../lib/bundles/bundle-format.ts';
import { readZip } from '../../lib/bundles/zip/read-zip.ts';
import { type FileToPack, type PackedFile, writeZip } from '../../lib/bundles/zip/write-zip.ts';
import { memorySource, readAll } from '../../lib/pdf/byte-source.ts';

/** The files of a bundle by path. */
export type BundleFiles = Map<string, Uint8Array>;

export async function unpack(zip: Uint8Array): Promise<BundleFiles> {
  const files: BundleFiles = new Map();
  for (const [path, source] of await readZip(memorySource(zip)))
    files.set(path, Uint8Array.from(await readAll(source)));
  return files;
}

/** The bundle again; with a manifest that fits what is in it, as a forger would write it. */
export async function pack(files: BundleFiles): Promise<Uint8Array> {
  const manifest = JSON.parse(Buffer.from(files.get(PATHS.manifest)!).toString());
  const rest = [...files].filter(([path]) => path !== PATHS.manifest);
  const last = (packed: readonly PackedFile[]): FileToPack => ({
    path: PATHS.manifest,
    source: memorySource(Buffer.from(JSON.stringify({ ...manifest, files: packed }))),
  });
  async function* all(): AsyncGenerator<FileToPack> {
    for (const [path, bytes] of rest) yield { path, source: memorySource(bytes) };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(all(), last)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A copy of the bundle with some of its files changed. */
export async function repack(from: string, to: string, change: (files: BundleFiles) => void): Promise<string> {
  const files = await unpack(await readFile(from));
  change(files);
  await writeFile(to, await pack(files));
  return to;
}

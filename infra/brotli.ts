import { brotliDecompressSync } from 'node:zlib';

/** Stands in for the package `brotli` (475 kB), which fontkit brings along for WOFF2 fonts: Node can do that itself. */
export default function decompress(bytes: Uint8Array): Uint8Array {
  return brotliDecompressSync(bytes);
}

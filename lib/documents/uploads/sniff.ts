import type { UploadType } from './upload.ts';

/** As many bytes as telling the type needs. */
export const SNIFFED_BYTES = 8;

const SIGNATURES: readonly (readonly [UploadType, readonly number[]])[] = [
  // `%PDF-`: at the very start, although readers look further (ISO 32000-2 annex I): offsets count from there.
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

/** The type of a file by its first bytes; `undefined` for all that is not taken. */
export function sniff(start: Uint8Array): UploadType | undefined {
  return SIGNATURES.find(([, signature]) => signature.every((byte, at) => start[at] === byte))?.[0];
}

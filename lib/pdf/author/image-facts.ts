import { crc32 } from 'node:zlib';
import { ProblemError } from '../../platform/errors.ts';

export interface ImageFacts {
  readonly type: 'jpeg' | 'png';
  /** Pixels as stored. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 (upright) to 8. */
  readonly orientation: number;
}

/** Reads size and orientation from the bytes themselves. Throws `image_broken` on anything but a JPEG or PNG. */
export function imageFacts(bytes: Uint8Array): ImageFacts {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.subarray(0, 8).equals(PNG)) return pngFacts(view);
  if (view[0] === 0xff && view[1] === 0xd8) return jpegFacts(view);
  throw broken();
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function broken(): ProblemError {
  return new ProblemError('image_broken');
}

/** The header chunk comes first, the end chunk last; every chunk carries its check sum. */
function pngFacts(view: Buffer): ImageFacts {
  if (view.length < 57 || view.toString('latin1', 12, 16) !== 'IHDR') throw broken();
  for (let at = 8; ; ) {
    if (at + 12 > view.length) throw broken();
    const end = at + 8 + view.readUInt32BE(at);
    if (end + 4 > view.length || crc32(view.subarray(at + 4, end)) !== view.readUInt32BE(end)) throw broken();
    if (view.toString('latin1', at + 4, at + 8) === 'IEND') break;
    at = end + 4;
  }
  return checked({ type: 'png', width: view.readUInt32BE(16), height: view.readUInt32BE(20), orientation: 1 });
}

/** Walks the segments up to the first scan. */
function jpegFacts(view: Buffer): ImageFacts {
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  for (let at = 2; at + 4 <= view.length; ) {
    if (view[at] !== 0xff) throw broken();
    const marker = view[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) break;
    const length = view.readUInt16BE(at + 2);
    const segment = view.subarray(at + 4, at + 2 + length);
    if (length < 2 || at + 2 + length > view.length) throw broken();
    if (isFrame(marker) && segment.length >= 5)
      size = { height: segment.readUInt16BE(1), width: segment.readUInt16BE(3) };
    if (marker === 0xe1) orientation = exifOrientation(segment) ?? orientation;
    at += 2 + length;
  }
  if (!size) throw broken();
  return checked({ type: 'jpeg', ...size, orientation });
}

/** Start of frame: 0xC0–0xCF without the tables among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Tag 0x0112 of the first directory (Exif 2.3 §4.6.4). */
function exifOrientation(segment: Buffer): number | undefined {
  if (segment.length < 14 || segment.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = segment.subarray(6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number) => (at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = u32(4);
  for (let i = 0; i < u16(directory); i++) {
    const entry = directory + 2 + i * 12;
    if (u16(entry) !== 0x0112) continue;
    const value = u16(entry + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

function checked(facts: ImageFacts): ImageFacts {
  if (facts.width === 0 || facts.height === 0) throw broken();
  return facts;
}

import { ProblemError } from '../../platform/errors.ts';
import type { UploadType } from './upload.ts';

/** Above this a picture would take more memory to decode than it is worth: 40 megapixels, a page at 600 dpi. */
const MAX_PIXELS = 40_000_000;

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Width and height as an image's header declares them, read before anything is decoded.
 * @throws ProblemError `image_broken`, also for sizes nobody needs
 */
export function imageSize(bytes: Uint8Array, type: Exclude<UploadType, 'application/pdf'>): ImageSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = type === 'image/png' ? pngSize(view) : jpegSize(view);
  if (!size || size.width < 1 || size.height < 1)
    throw new ProblemError('image_broken', { detail: 'No usable header.' });
  if (size.width * size.height > MAX_PIXELS) throw new ProblemError('image_broken', { detail: 'Too many pixels.' });
  return size;
}

/** IHDR is the first chunk (PNG, 11.2.1). */
function pngSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < 33 || view.getUint32(12) !== 0x49484452) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The frame header SOFn (ITU-T T.81, B.2.2); the segments before it are passed over by their lengths. */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    const startOfFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (startOfFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    const standalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xd9 || marker === 0xda) return undefined;
    const length = standalone ? 0 : view.getUint16(at + 2);
    if (!standalone && length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}

import * as z from 'zod';
import { barePng } from '../pdf/author/bare-png.ts';
import { imageFacts } from '../pdf/author/image-facts.ts';
import { ProblemError } from '../platform/errors.ts';

/** What a signature shows besides words: a person's handwriting, an agency's seal (NĐ 30/2020, annex I). */
export const signatureImage = z.object({
  /** Opaque: it names nobody. */
  key: z.string(),
  versionId: z.string(),
  /** SHA-256 of the PNG as it is kept, hex. */
  sha256: z.string().length(64),
  bytes: z.number().int(),
  /** Pixels. */
  width: z.number().int(),
  height: z.number().int(),
  /** Since when it is used, epoch ms. */
  from: z.number().int(),
});
export type SignatureImage = z.infer<typeof signatureImage>;

/** An image in its store. */
export type StoredImage = Pick<SignatureImage, 'key' | 'versionId' | 'sha256'>;

/** Where images are kept. What is replaced or removed is erased some days later; until then what was approved with it can be signed. */
export interface SignatureImages {
  /** Puts it in the place of `replaced`, where there was one. */
  put(bytes: Uint8Array, replaced: StoredImage | undefined): Promise<StoredImage>;
  remove(image: StoredImage): Promise<void>;
  /** @throws ProblemError `signature_image_gone` */
  read(image: StoredImage): Promise<Uint8Array>;
  /** An address to fetch it from. */
  link(image: StoredImage, seconds: number): Promise<string>;
}

export const MOST_IMAGE_BYTES = 256 * 1024;
const MOST_PIXELS = 2_000_000;
const SMALLEST_SIDE = 16;

/**
 * The picture of a PNG and nothing besides, with its size in pixels.
 * @throws ProblemError `image_broken` for what is no whole PNG, `image_size`
 */
export async function checkedImage(
  bytes: Uint8Array,
): Promise<{ readonly bytes: Uint8Array; readonly width: number; readonly height: number }> {
  if (bytes.length > MOST_IMAGE_BYTES) throw new ProblemError('image_size');
  const { type, width, height } = imageFacts(bytes);
  if (type !== 'png') throw new ProblemError('image_broken', { detail: 'not a PNG' });
  if (width * height > MOST_PIXELS || Math.min(width, height) < SMALLEST_SIDE) throw new ProblemError('image_size');
  return { bytes: await barePng(bytes), width, height };
}

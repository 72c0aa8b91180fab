import type { PDFDocument, PDFImage } from 'pdf-lib';
import { isProblem, ProblemError } from '../../platform/errors.ts';
import { overLimit } from '../problems.ts';
import { bareJpeg } from './bare-jpeg.ts';
import { barePng } from './bare-png.ts';
import { type ImageFacts, imageFacts } from './image-facts.ts';

const MOST_PIXELS = 60_000_000;

/**
 * A JPEG or PNG in a document that is being authored. Throws `image_broken` when it cannot be read, `pdf_limits` when it
 * has too many pixels.
 */
export async function embedImage(
  pdf: PDFDocument,
  bytes: Uint8Array,
  facts: ImageFacts = imageFacts(bytes),
): Promise<PDFImage> {
  if (facts.width * facts.height > MOST_PIXELS) throw overLimit('the image has too many pixels');
  try {
    const image = await (facts.type === 'png' ? pdf.embedPng(await barePng(bytes)) : pdf.embedJpg(bareJpeg(bytes)));
    await image.embed();
    return image;
  } catch (cause) {
    if (isProblem(cause)) throw cause;
    throw new ProblemError('image_broken', { cause });
  }
}

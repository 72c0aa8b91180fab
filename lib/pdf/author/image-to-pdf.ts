import { concatTransformationMatrix, drawObject, PDFDocument, popGraphicsState, pushGraphicsState } from 'pdf-lib';
import { embedImage } from './embed-image.ts';
import { imageFacts } from './image-facts.ts';

const A4 = { short: 595.28, long: 841.89 };
const MARGIN = 20;

/**
 * A PDF with one A4 page that shows a JPEG or PNG upright (its EXIF orientation undone), as large as fits, landscape
 * where the picture is. What else the file holds (place, device, texts) stays out. Throws `image_broken` when it cannot be read, `pdf_limits` when it has too many pixels.
 */
export async function imageToPdf(bytes: Uint8Array): Promise<Uint8Array> {
  const facts = imageFacts(bytes);
  const pdf = await PDFDocument.create({ updateMetadata: false });
  const image = await embedImage(pdf, bytes, facts);
  const turned = facts.orientation >= 5;
  const [width, height] = turned ? [facts.height, facts.width] : [facts.width, facts.height];
  const page = pdf.addPage(width > height ? [A4.long, A4.short] : [A4.short, A4.long]);
  const room = { width: page.getWidth() - 2 * MARGIN, height: page.getHeight() - 2 * MARGIN };
  const scale = Math.min(room.width / width, room.height / height, 1);
  const [w, h] = [width * scale, height * scale];
  const [x, y] = [(page.getWidth() - w) / 2, (page.getHeight() - h) / 2];
  const name = page.node.newXObject('Image', image.ref);
  const matrix = orientationMatrix(facts.orientation, x, y, w, h);
  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(...matrix), drawObject(name), popGraphicsState());
  return pdf.save({ useObjectStreams: false, addDefaultPage: false });
}

/** Maps the unit square of an image into a box as its EXIF orientation (1 to 8) asks. */
function orientationMatrix(
  orientation: number,
  x: number,
  y: number,
  w: number,
  h: number,
): [number, number, number, number, number, number] {
  switch (orientation) {
    case 2:
      return [-w, 0, 0, h, x + w, y];
    case 3:
      return [-w, 0, 0, -h, x + w, y + h];
    case 4:
      return [w, 0, 0, -h, x, y + h];
    case 5:
      return [0, -h, -w, 0, x + w, y + h];
    case 6:
      return [0, -h, w, 0, x, y + h];
    case 7:
      return [0, h, w, 0, x, y];
    case 8:
      return [0, h, -w, 0, x + w, y];
    default:
      return [w, 0, 0, h, x, y];
  }
}

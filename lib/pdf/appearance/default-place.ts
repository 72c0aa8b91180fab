import type { PdfDocument } from '../document.ts';
import { shownSize } from '../page-geometry.ts';
import { pageAt, pageCount } from '../page-tree.ts';
import type { SignaturePlace } from '../signature-place.ts';
import { pageText } from '../text/page-text.ts';
import { SEAL_RADIUS, SEAL_SIZE } from './agency-seal.ts';
import { PERSON_SIZE } from './person-signature.ts';

const MARGIN = { side: 51, bottom: 57, above: 14 };

/**
 * Where a person's signature goes when nobody says: at the right of the last page, below its last line of text; at
 * the foot of the page when the text leaves no room. The same file gives the same place. Smaller on small pages.
 */
export async function personPlace(document: PdfDocument): Promise<SignaturePlace> {
  const page = await pageAt(document, -1);
  const shown = shownSize(page);
  const scale = Math.min(1, (shown.width * 0.5) / PERSON_SIZE.width, (shown.height * 0.3) / PERSON_SIZE.height);
  const [width, height] = [PERSON_SIZE.width * scale, PERSON_SIZE.height * scale];
  const side = Math.min(MARGIN.side, shown.width * 0.08);
  const foot = Math.min(MARGIN.bottom, shown.height * 0.06);
  const upright = page.rotate === 0 && page.userUnit === 1;
  const lowest = upright ? await lowestText(document, page.cropBox.y, foot) : undefined;
  const below = lowest === undefined ? foot : lowest - MARGIN.above - height;
  const box = { x: shown.width - side - width, y: Math.max(foot, below), width, height };
  return { page: (await pageCount(document)) - 1, box };
}

/** Height of the last line of text above the foot of the last page (page numbers stand below it). */
async function lowestText(document: PdfDocument, origin: number, foot: number): Promise<number | undefined> {
  const fragments = await pageText(document, await pageAt(document, -1));
  const heights = fragments.map(({ start }) => start.y - origin).filter((y) => y > foot);
  return heights.length > 0 ? heights.reduce((lowest, y) => Math.min(lowest, y)) : undefined;
}

/**
 * Where the agency's seal goes beside a person's signature (Decree 30/2020, annex I): to its left, over a third of it.
 * The seal stays on the page when the signature stands at its left edge.
 */
export function sealPlace(person: SignaturePlace): SignaturePlace {
  const { x, y, width, height } = person.box;
  const scale = Math.min(1, width / PERSON_SIZE.width);
  const inset = SEAL_SIZE.width / 2 - SEAL_RADIUS;
  const centreHeight = SEAL_SIZE.height - SEAL_RADIUS - 2;
  return {
    page: person.page,
    box: {
      x: Math.max(0, x + width / 3 - (SEAL_SIZE.width - inset) * scale),
      y: Math.max(0, y + height / 2 - centreHeight * scale),
      width: SEAL_SIZE.width * scale,
      height: SEAL_SIZE.height * scale,
    },
  };
}

import type { PdfDocument } from '../document.ts';
import { overlap, shownSize } from '../page-geometry.ts';
import { type Box, type PdfPage, pageAt, pageCount } from '../page-tree.ts';
import type { SignaturePlace } from '../signature-place.ts';
import { SEAL_QR_HEIGHT, SEAL_RADIUS, SEAL_SIZE } from './agency-seal.ts';
import { occupiedBoxes } from './occupied.ts';
import { PERSON_SIZE, SIGNATURE_STRIP } from './person-signature.ts';

const MARGIN = { side: 51, bottom: 57, above: 24 };
/** Tried in turn where text stands in the way. */
const SCALES = [1, 0.85, 0.7];

/**
 * Where a person's signature goes when nobody says: at the right of the last page, below the last line of what stands in
 * that column, with room for the agency's seal; smaller, then in a gap higher up, where the page is full; at the foot of
 * the page when there is no room at all. The same file gives the same place. Smaller on small pages.
 */
export async function personPlace(document: PdfDocument): Promise<SignaturePlace> {
  const page = await pageAt(document, -1);
  const number = (await pageCount(document)) - 1;
  const shown = shownSize(page);
  const largest = Math.min(1, (shown.width * 0.5) / PERSON_SIZE.width, (shown.height * 0.3) / PERSON_SIZE.height);
  const foot = Math.min(MARGIN.bottom, shown.height * 0.06);
  // What stands below the foot is a page number.
  const occupied = (await occupiedBoxes(document, page)).filter((box) => box.y + box.height > foot);
  const sizes = SCALES.map((scale) => standing(page, number, scale * largest));
  const places = [
    ...sizes.map((place) => below(place, occupied, foot)),
    ...sizes.map((place) => between(place, occupied, shown.height)),
  ];
  return places.find((place) => place !== undefined) ?? sizes[0]!;
}

/** A signature of that size at the foot of the page. */
function standing(page: PdfPage, number: number, scale: number): SignaturePlace {
  const shown = shownSize(page);
  const [width, height] = [PERSON_SIZE.width * scale, PERSON_SIZE.height * scale];
  const side = Math.min(MARGIN.side, shown.width * 0.08);
  const box = { x: shown.width - side - width, y: Math.min(MARGIN.bottom, shown.height * 0.06), width, height };
  return { page: number, box };
}

function inColumn(place: SignaturePlace, occupied: readonly Box[]): Box[] {
  const { x, width } = withSeal(place);
  return occupied.filter((box) => box.x < x + width && box.x + box.width > x);
}

/** Right below everything in its column; below everything on the page when its column is empty. */
function below(place: SignaturePlace, occupied: readonly Box[], foot: number): SignaturePlace | undefined {
  const column = inColumn(place, occupied);
  const above = column.length > 0 ? column : occupied;
  const lowest = above.reduce((low, box) => Math.min(low, box.y), Number.POSITIVE_INFINITY);
  const y = lowest - MARGIN.above - place.box.height;
  if (y >= foot && above.length > 0) return at(place, y);
  return column.length === 0 ? place : undefined;
}

/** In the lowest gap of its column that takes signature and seal. */
function between(place: SignaturePlace, occupied: readonly Box[], height: number): SignaturePlace | undefined {
  const column = inColumn(place, occupied);
  const reach = place.box.y - withSeal(place).y;
  const tops = [...new Set(column.map((box) => box.y + box.height + 2 + reach))].sort((a, b) => a - b);
  for (const y of tops) {
    const tried = at(place, y);
    const whole = withSeal(tried);
    if (whole.y + whole.height <= height - MARGIN.above / 2 && !column.some((box) => overlap(box, whole))) return tried;
  }
  return undefined;
}

function at(place: SignaturePlace, y: number): SignaturePlace {
  return { ...place, box: { ...place.box, y } };
}

/** The box around a signature and the seal beside it. */
export function withSeal(person: SignaturePlace): Box {
  const [a, b] = [person.box, sealPlace(person).box];
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** Of the width of a person's signature: where the seal's ring ends, over a third of the image. */
const SEAL_EDGE = SIGNATURE_STRIP.from + SIGNATURE_STRIP.width / 3;

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
      x: Math.max(0, x + width * SEAL_EDGE - (SEAL_SIZE.width - inset) * scale),
      y: Math.max(0, y + height / 2 - centreHeight * scale),
      width: SEAL_SIZE.width * scale,
      height: SEAL_SIZE.height * scale,
    },
  };
}

/** The seal's place with room for a QR code beneath it; undefined where the page or what stands on it leaves none. */
export async function sealPlaceWithQr(
  document: PdfDocument,
  seal: SignaturePlace,
): Promise<SignaturePlace | undefined> {
  const { box } = seal;
  const more = (SEAL_QR_HEIGHT * box.width) / SEAL_SIZE.width;
  const added = { ...box, y: box.y - more, height: more };
  if (added.y < 0) return undefined;
  const occupied = await occupiedBoxes(document, await pageAt(document, seal.page));
  if (occupied.some((other) => overlap(other, added))) return undefined;
  return { page: seal.page, box: { ...box, y: added.y, height: box.height + more } };
}

/** The upper right of the first page: where the mark on an annex stands, smaller on small pages. */
export async function annexPlace(
  document: PdfDocument,
  size: { readonly width: number; readonly height: number },
): Promise<SignaturePlace> {
  const shown = shownSize(await pageAt(document, 0));
  const scale = Math.min(1, (shown.width * 0.6) / size.width, (shown.height * 0.2) / size.height);
  const [width, height] = [size.width * scale, size.height * scale];
  const side = Math.min(24, shown.width * 0.04);
  const top = Math.min(16, shown.height * 0.02);
  return { page: 0, box: { x: shown.width - side - width, y: shown.height - top - height, width, height } };
}

import type { PdfDocument } from '../document.ts';
import { overlap, shownSize } from '../page-geometry.ts';
import { type Box, pageAt, pageCount } from '../page-tree.ts';
import type { SignaturePlace } from '../signature-place.ts';
import { findText } from '../text/find-text.ts';
import { withSeal } from './default-place.ts';
import { occupiedBoxes } from './occupied.ts';
import { PERSON_SIZE, PLAIN_SIZE } from './person-signature.ts';

/** Where the document itself leaves room for a signature: beneath its signer's title, above the name where it has that too. */
export interface ShownSigner {
  readonly place: SignaturePlace;
  /** The document has the name as well. */
  readonly named: boolean;
}

const GAP = 3;
const FOOT = 30;
/** Tried in turn, so that the signature keeps clear of what else stands there. */
const SCALES = [1, 0.85, 0.7];

/**
 * The room beneath the signer's title on the last page, centred on it. Undefined where the document does not show the title, in
 * lines of its own, or leaves too little room. The same file gives the same place.
 * @param title lines as printed, from the top
 */
export async function shownSigner(
  document: PdfDocument,
  { title, name }: { readonly title: readonly string[]; readonly name: string },
): Promise<ShownSigner | undefined> {
  const page = await pageAt(document, -1);
  const number = (await pageCount(document)) - 1;
  const occupied = await occupiedBoxes(document, page);
  const lines = async (text: string) =>
    (await findText(document, page, text)).filter((box) => isWholeLine(box, occupied));
  const shown = lowestStack(await Promise.all(title.map(lines)));
  if (!shown) return undefined;
  const named = (await lines(name)).filter((box) => box.y < shown.y && inLine(box, shown)).sort(byHeight)[0];
  const others = occupied.filter((box) => box.y < shown.y && !(named && overlap(box, named)));
  const { width } = shownSize(page);
  const full = named ? PLAIN_SIZE : PERSON_SIZE;
  for (const scale of SCALES) {
    const size = { width: full.width * scale, height: full.height * scale };
    const top = named ? (shown.y + named.y + named.height + size.height) / 2 : shown.y - GAP;
    const box = { x: shown.x + shown.width / 2 - size.width / 2, y: top - size.height, ...size };
    const place = { page: number, box };
    const fits = box.y >= (named ? named.y + named.height : FOOT) && top <= shown.y;
    const onPage = box.x >= 0 && box.x + box.width <= width;
    if (fits && onPage && !others.some((other) => overlap(other, box) || overlap(other, withSeal(place)))) {
      return { place, named: named !== undefined };
    }
  }
  return undefined;
}

/** `CHỦ TỊCH` is not what stands in `PHÓ CHỦ TỊCH`, nor in a line of the text. */
function isWholeLine(box: Box, occupied: readonly Box[]): boolean {
  const middle = box.y + box.height / 2;
  const near = { from: box.x - box.height, to: box.x + box.width + box.height };
  return occupied
    .filter((other) => other.y < middle && middle < other.y + other.height)
    .filter((other) => other.x < near.to && other.x + other.width > near.from)
    .every((other) => other.x > box.x - box.height / 2 && other.x + other.width < box.x + box.width + box.height / 2);
}

/** The last line of the lowest title whose lines stand right below one another. */
function lowestStack(lines: readonly (readonly Box[])[]): Box | undefined {
  const [last = [], ...above] = lines.toReversed();
  return [...last]
    .sort((a, b) => a.y - b.y)
    .find((box) => {
      let lower = box;
      return above.every((boxes) => {
        const next = boxes.find((one) => one.y > lower.y && one.y - lower.y < 3 * lower.height && inLine(one, lower));
        if (next) lower = next;
        return next !== undefined;
      });
    });
}

function inLine(a: Box, b: Box): boolean {
  return Math.abs(a.x + a.width / 2 - b.x - b.width / 2) < 2 * b.height;
}

function byHeight(a: Box, b: Box): number {
  return b.y - a.y;
}

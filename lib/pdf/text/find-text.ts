import type { PdfDocument } from '../document.ts';
import type { Box, PdfPage } from '../page-tree.ts';
import type { TextFragment } from './page-text.ts';
import { fragmentBox, shownFragments } from './shown-text.ts';
import { fragmentLines } from './text-lines.ts';

/**
 * Where a text stands on a page, in reading order: boxes as a reader sees it. Blanks and line ends do not count, nor
 * whether letters are composed or decomposed, nor how the file cuts the text up; capitals do. Within a piece of text
 * the letters are taken to be equally wide. Throws `pdf_broken`, `pdf_limits`.
 */
export async function findText(document: PdfDocument, page: PdfPage, wanted: string): Promise<Box[]> {
  const needle = letters(wanted);
  if (needle === '') return [];
  const { text, units } = spell(fragmentLines(await shownFragments(document, page)));
  const found: Box[] = [];
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
    const end = at + needle.length;
    // `Ky` is not in `Kỳ`: a mark that follows belongs to the last letter.
    if (!/^\p{M}/u.test(text.slice(end, end + 2))) found.push(around(units.slice(at, end)));
  }
  return found;
}

function letters(text: string): string {
  return text.normalize('NFKD').replace(/[\s\p{Cf}]+/gu, '');
}

/** One UTF-16 unit of the page's text, and where it stands in its fragment: parts of the fragment's length. */
interface Unit {
  readonly fragment: TextFragment;
  readonly from: number;
  readonly to: number;
}

function spell(lines: readonly (readonly TextFragment[])[]): { text: string; units: readonly Unit[] } {
  let text = '';
  const units: Unit[] = [];
  for (const line of lines) {
    for (const [index, fragment] of line.entries()) {
      const before = line[index - 1];
      if (before && isShadow(before, fragment)) continue;
      const graphemes = [...fragment.text.normalize('NFC')];
      for (const [n, letter] of graphemes.entries()) {
        const spelt = letters(letter);
        text += spelt;
        const unit = { fragment, from: n / graphemes.length, to: (n + 1) / graphemes.length };
        for (let i = 0; i < spelt.length; i++) units.push(unit);
      }
    }
  }
  // Marks that came apart from their letter fall into canonical order here; the length stays.
  return { text: text.normalize('NFD'), units };
}

/** Text set twice at nearly the same place looks bold, and reads once. */
function isShadow(before: TextFragment, fragment: TextFragment): boolean {
  const near = Math.hypot(before.start.x - fragment.start.x, before.start.y - fragment.start.y) < 0.1 * fragment.size;
  return near && before.text === fragment.text;
}

function around(units: readonly Unit[]): Box {
  const boxes = units.map(({ fragment, from, to }) => fragmentBox(fragment, from, to));
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

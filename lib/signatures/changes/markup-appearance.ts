import type { PdfDocument } from '../../pdf/document.ts';
import { isArray, isDict, isName, isNumber, isStream, type PdfDict, type PdfObject } from '../../pdf/objects.ts';
import { type Box, boxOf } from '../../pdf/page-tree.ts';
import { operations } from '../../pdf/text/content-reader.ts';

/** Operators that draw paths, or set how (ISO 32000-2 annex A); none shows text, images, shadings or other forms. */
const PATHS = new Set('q Q w J j M d i ri gs m l c v y h re W W* n S s f F f* B B* b b* g G rg RG k K'.split(' '));
const FILLS = new Set(['f', 'F', 'f*', 'B', 'B*', 'b', 'b*']);
const MOST_OPERATIONS = 20_000;
/** Points; a stroke any wider could strike out more than a line. */
const WIDEST_STROKE = 2;
const SEGMENTS = new Set(['l', 'c', 'v', 'y', 're']);
/** A rounded box has eight: with many more, letters could be drawn. */
const SEGMENTS_PER_MARK = 8;

/**
 * The look of a text markup that hides nothing and says nothing: a few thin lines, and areas only in a blend mode that lets
 * through what is beneath (Multiply, §11.3.5), drawn at its own size.
 *
 * @param marks pieces of text that are marked
 */
export async function isHarmlessMarkup(
  document: PdfDocument,
  form: PdfObject,
  rect: Box,
  marks: number,
): Promise<boolean> {
  if (!isStream(form) || !isName(form.dict.get('Subtype'), 'Form')) return false;
  if (['Ref', 'OC', 'OPI', 'F', 'StructParents'].some((key) => form.dict.has(key))) return false;
  const box = await boxOf(document, form.dict.get('BBox'));
  const atOwnSize = box && Math.abs(box.width - rect.width) < 1 && Math.abs(box.height - rect.height) < 1;
  if (!atOwnSize || !(await onlyMoves(document, form.dict))) return false;
  const states = await blendModes(document, form.dict);
  return states !== undefined && marksOnly(await document.streamBytes(form), states, marks * SEGMENTS_PER_MARK);
}

async function onlyMoves(document: PdfDocument, form: PdfDict): Promise<boolean> {
  const matrix = await document.value(form, 'Matrix');
  if (matrix === null) return true;
  return isArray(matrix) && matrix.length === 6 && [1, 0, 0, 1].every((item, index) => matrix[index] === item);
}

/** Which graphics states multiply; undefined when one of them does more than blend and fade. */
async function blendModes(document: PdfDocument, form: PdfDict): Promise<ReadonlyMap<string, boolean> | undefined> {
  const found = new Map<string, boolean>();
  const resources = await document.dict(form, 'Resources');
  const states = resources && (await document.dict(resources, 'ExtGState'));
  for (const [name, entry] of states ?? []) {
    const state = await document.resolve(entry);
    if (!isDict(state)) return undefined;
    const known = [...state.keys()].every((key) => ['Type', 'BM', 'CA', 'ca', 'AIS'].includes(key));
    if (!known) return undefined;
    found.set(name, isName(await document.value(state, 'BM'), 'Multiply'));
  }
  return found;
}

/** Follows `q`, `Q` and `gs`: areas are filled only while colours multiply. */
function marksOnly(content: Uint8Array, states: ReadonlyMap<string, boolean>, most: number): boolean {
  const saved: boolean[] = [];
  let multiplies = false;
  let [count, segments] = [0, 0];
  for (const { operator, operands } of operations(content, MOST_OPERATIONS)) {
    count += 1;
    const [first] = operands;
    if (!PATHS.has(operator)) return false;
    if (SEGMENTS.has(operator)) segments += 1;
    if (operator === 'q') saved.push(multiplies);
    if (operator === 'Q') multiplies = saved.pop() ?? false;
    if (operator === 'gs') {
      const state = isName(first) ? states.get(first.value) : undefined;
      if (state === undefined) return false;
      multiplies = state;
    }
    if (operator === 'w' && !(isNumber(first) && first >= 0 && first <= WIDEST_STROKE)) return false;
    if (FILLS.has(operator) && !multiplies) return false;
  }
  return count < MOST_OPERATIONS && segments <= most;
}

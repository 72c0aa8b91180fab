import {
  isArray,
  isDict,
  isNumber,
  isRef,
  isString,
  nameOf,
  type PdfDict,
  type PdfObject,
  type PdfRef,
} from '../../pdf/objects.ts';
import { type Box, boxOf } from '../../pdf/page-tree.ts';
import { isHarmlessMarkup } from './markup-appearance.ts';
import type { ChangeCode } from './noted-change.ts';
import { referencesIn } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';

/**
 * Kinds that comment on a page without covering or replacing what it says (§12.5.6). FreeText, Stamp, Redact, Watermark and
 * the shapes paint over it; Link, Widget, Screen, RichMedia, FileAttachment and the like act: "evil annotations".
 */
const KINDS: Readonly<Record<string, ChangeCode>> = {
  Text: 'note',
  Highlight: 'markup',
  Underline: 'markup',
  Squiggly: 'markup',
  StrikeOut: 'markup',
  Popup: 'popup',
};

/** Keys that such an annotation may have; those of the second list hold references. */
const VALUE_KEYS = [
  ...['Type', 'Subtype', 'Rect', 'Contents', 'NM', 'M', 'F', 'C', 'CA', 'T', 'RC', 'CreationDate', 'Subj', 'RT'],
  ...['Name', 'Open', 'State', 'StateModel', 'QuadPoints', 'Border', 'BS', 'Lang', 'IT'],
];
const LINK_KEYS = ['P', 'Popup', 'Parent', 'IRT', 'AP'];
const LONGEST_TEXT = 64 * 1024;
/** The icon of a note, points a side; and how far a markup may reach beyond its text. */
const LARGEST_ICON = 32;
const MARGIN = 8;
const MOST_MARKS = 64;

/** A new annotation on a page: what it is when it may be there, else undefined. Accounts for its objects. @param listed numbers of the annotations of that page */
export async function acceptAnnotation(
  account: StepAccount,
  page: PdfRef,
  annotation: PdfRef,
  listed: ReadonlySet<number>,
): Promise<ChangeCode | undefined> {
  const dict = account.changes.added.get(annotation.num)?.value;
  if (!isDict(dict)) return undefined;
  const code = KINDS[nameOf(dict.get('Subtype')) ?? ''];
  if (!code || [...dict.keys()].some((key) => !VALUE_KEYS.includes(key) && !LINK_KEYS.includes(key))) return undefined;
  const isBound = VALUE_KEYS.every((key) => isPlain(dict.get(key)));
  const isNear = ['Popup', 'Parent', 'IRT'].every((key) => isListed(dict.get(key), listed));
  const isHere = !dict.has('P') || [...referencesIn(dict.get('P') ?? null)][0] === page.num;
  const rect = await boxOf(account.after, dict.get('Rect'));
  if (!isBound || !isNear || !isHere || !rect) return undefined;
  if (code !== 'popup' && !(await isModest(account, dict, rect))) return undefined;
  if (code === 'popup' && dict.has('AP')) return undefined;
  account.explain(annotation.num);
  account.newObjects(dict.get('AP'));
  return code;
}

/** It holds no reference and no long text. */
function isPlain(value: PdfObject | undefined): boolean {
  if (value === undefined) return true;
  return ![...referencesIn(value)].length && !(isString(value) && value.bytes.length > LONGEST_TEXT);
}

function isListed(value: PdfObject | undefined, listed: ReadonlySet<number>): boolean {
  return value === undefined || (isRef(value) && listed.has(value.num));
}

/**
 * A note is the reader's own icon: a look that the file brings could be anything. A markup stays at the text that it marks,
 * and what it brings is lines and transparent colour.
 */
async function isModest(account: StepAccount, dict: PdfDict, rect: Box): Promise<boolean> {
  if (nameOf(dict.get('Subtype')) === 'Text') {
    return !dict.has('AP') && rect.width <= LARGEST_ICON && rect.height <= LARGEST_ICON;
  }
  const marks = dict.get('QuadPoints');
  const box = quadBox(marks);
  if (!box || !isArray(marks) || !isWithin(rect, box)) return false;
  if (!dict.has('AP')) return true;
  const looks = await account.after.value(dict, 'AP');
  if (!isDict(looks) || looks.size !== 1) return false;
  return isHarmlessMarkup(account.after, await account.after.value(looks, 'N'), rect, marks.length / 8);
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x - MARGIN &&
    inner.y >= outer.y - MARGIN &&
    inner.x + inner.width <= outer.x + outer.width + MARGIN &&
    inner.y + inner.height <= outer.y + outer.height + MARGIN
  );
}

/** The box around the marked text; undefined when there is none. */
function quadBox(value: PdfObject | undefined): Box | undefined {
  if (!isArray(value) || value.length === 0 || value.length % 8 !== 0 || value.length > 8 * MOST_MARKS)
    return undefined;
  const numbers = value.filter(isNumber);
  if (numbers.length !== value.length) return undefined;
  const xs = numbers.filter((_, index) => index % 2 === 0);
  const ys = numbers.filter((_, index) => index % 2 === 1);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

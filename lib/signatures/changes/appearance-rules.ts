import {
  isArray,
  isDict,
  isName,
  isNumber,
  isRef,
  isStream,
  nameOf,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  type PdfStream,
} from '../../pdf/objects.ts';
import { boxOf } from '../../pdf/page-tree.ts';
import { changedKeys, referencesIn, sameValue } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';

/** Types of things that an appearance has no use for. */
const NO_DRAWING = new Set([
  'Action',
  'Annot',
  'Catalog',
  'EmbeddedFile',
  'Filespec',
  'OCG',
  'OCMD',
  'Page',
  'Pages',
  'Sig',
]);
/** Keys that show something from elsewhere, hide something, or do something (§8.10.4, §8.11, §12.6, §14.11.7). */
const NO_DRAWING_KEYS = ['AA', 'AF', 'EF', 'JS', 'JavaScript', 'OC', 'OpenAction', 'OPI', 'Ref', 'StructParents'];
/** More than any appearance needs. */
const MOST_OBJECTS = 2000;

/**
 * A widget's new normal appearance, /AP with its /N alone: written anew, or over the old one where no other object shows
 * that. It is a form, which is drawn within the widget's /Rect whatever it holds (§12.5.5), and nothing in it acts.
 * Accounts for its objects. @returns false when it is not that
 */
export async function acceptAppearance(
  account: StepAccount,
  widget: PdfRef,
  before: PdfDict,
  after: PdfDict,
): Promise<boolean> {
  const was = (await account.before.dict(before, 'AP')) ?? new Map();
  const is = await account.after.value(after, 'AP');
  if (!isDict(is)) return is === null && was.size === 0;
  if (changedKeys(was, is).some((key) => key !== 'N')) return false;
  if (!isOwnPlace(account, before.get('AP'), after.get('AP'), widget.num)) return false;
  const holder = after.get('AP');
  if (!isOwnPlace(account, was.get('N'), is.get('N'), isRef(holder) ? holder.num : widget.num)) return false;
  const form = await account.after.value(is, 'N');
  if (!isStream(form) || !(await isSoundForm(account, form))) return false;
  account.holder(before.get('AP'), after.get('AP'));
  account.holder(was.get('N'), is.get('N'));
  account.newObjects(after.get('AP'));
  account.newObjects(form);
  return true;
}

/** Is the appearance of a widget, all of it, what it was? */
export async function keepsAppearance(account: StepAccount, before: PdfDict, after: PdfDict): Promise<boolean> {
  if (!sameValue(before.get('AP'), after.get('AP'))) return false;
  const was = await account.before.dict(before, 'AP');
  const held = [...referencesIn(before.get('AP') ?? null), ...(was ? referencesIn(was) : [])];
  return !held.some((num) => account.changes.changed.has(num));
}

/** The value stands where it stood, unchanged or in an object that is `holder`'s alone, or in a new object. */
function isOwnPlace(
  account: StepAccount,
  before: PdfObject | undefined,
  after: PdfObject | undefined,
  holder: number,
): boolean {
  if (!isRef(after)) return isDict(after);
  if (account.changes.added.has(after.num)) return true;
  if (!sameValue(before, after)) return false;
  return !account.changes.changed.has(after.num) || account.holders.isHeldOnlyBy(after.num, holder);
}

async function isSoundForm(account: StepAccount, form: PdfStream): Promise<boolean> {
  if (!isName(form.dict.get('Subtype'), 'Form')) return false;
  const box = await boxOf(account.after, form.dict.get('BBox'));
  const matrix = await account.after.value(form.dict, 'Matrix');
  const sound = matrix === null || (isArray(matrix) && isInvertible(matrix));
  return sound && box !== undefined && box.width > 0 && box.height > 0 && onlyDraws(account, form);
}

function isInvertible(matrix: readonly PdfObject[]): boolean {
  const [a, b, c, d] = matrix;
  const numbers = matrix.length === 6 && matrix.every((item) => isNumber(item) && Number.isFinite(item));
  return numbers && Number(a) * Number(d) - Number(b) * Number(c) !== 0;
}

/** Nothing that the form and its new objects hold acts, hides, or shows what is elsewhere. */
function onlyDraws(account: StepAccount, form: PdfStream): boolean {
  const pending: PdfObject[] = [form];
  const seen = new Set<number>();
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (isRef(value)) {
      const added = account.changes.added.get(value.num);
      if (added && !seen.has(value.num)) pending.push(added.value);
      seen.add(value.num);
    } else if (isArray(value)) pending.push(...value);
    else {
      const dict = isStream(value) ? value.dict : value;
      if (!isDict(dict)) continue;
      if (!drawsOnly(dict, isStream(value))) return false;
      pending.push(...dict.values());
    }
    if (seen.size > MOST_OBJECTS) return false;
  }
  return true;
}

function drawsOnly(dict: PdfDict, isStreamDict: boolean): boolean {
  const strange = NO_DRAWING.has(nameOf(dict.get('Type')) ?? '') || NO_DRAWING_KEYS.some((key) => dict.has(key));
  return !strange && !(isStreamDict && (dict.has('F') || isName(dict.get('Subtype'), 'PS')));
}

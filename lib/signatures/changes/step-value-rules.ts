import type { FormField } from '../../pdf/form-fields.ts';
import {
  isArray,
  isDict,
  isInteger,
  isName,
  isRef,
  isString,
  nameOf,
  type PdfDict,
  type PdfObject,
  type PdfRef,
} from '../../pdf/objects.ts';
import { type Box, boxOf } from '../../pdf/page-tree.ts';
import { acceptAppearance, keepsAppearance } from './appearance-rules.ts';
import { noted } from './noted-change.ts';
import { changedKeys, referencesIn, sameValue } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';
import { liesUpon } from './step-evidence.ts';

/** Keys that filling a field may set: of the field, of its widgets. All else, /Rect above all, stays. */
const VALUE_KEYS = ['V', 'I', 'RV'];
const WIDGET_KEYS = ['AP', 'AS', 'M'];
/** /Ff: ReadOnly, Pushbutton, RichText (§12.7.4.1, §12.7.5.2, §12.7.5.3). */
const READ_ONLY = 1;
const PUSHBUTTON = 1 << 16;
const RICH_TEXT = 1 << 25;
const LONGEST_VALUE = 64 * 1024;
const MOST_CHOICES = 1000;
const MOST_FILLED = 2000;

interface Part {
  readonly ref: PdfRef;
  readonly before: PdfDict;
  readonly after: PdfDict;
}

/**
 * Filling in (ISO 32000-2 §12.8.2.2, table 257, P=2): a field that was there, not read-only, gets another value and the
 * look that goes with it. A new look without a new value is none of it, nor is a field that lies upon another one: that
 * is how shadow attacks change what is read. Locks are looked at per signature (permissions.ts).
 *
 * @returns full names of the fields whose value is another now
 */
export async function checkValues(account: StepAccount): Promise<string[]> {
  if (!account.isOpen) return [];
  const fields = await account.forms.of(account.before);
  const filled: string[] = [];
  let boxes: WidgetBox[] | undefined;
  for (const field of fields) {
    if (field.type === 'Sig' || !(await mayBeTouched(account, field))) continue;
    const parts = await partsOf(account, field);
    if (!(await isTouched(account, parts))) continue;
    filled.push(field.name);
    // What is beyond all forms is not looked at one by one, and so remains unaccounted for.
    if (filled.length > MOST_FILLED) return filled;
    boxes ??= await boxesOf(account, fields);
    await checkFilling(account, field, parts, boxes);
  }
  return filled;
}

/** The field and its widgets, as they were and are. */
async function partsOf(account: StepAccount, field: FormField): Promise<Part[]> {
  const parts: Part[] = [];
  for (const ref of new Map([field.ref, ...field.widgets].map((one) => [one.num, one])).values()) {
    const before = await account.before.get(ref);
    const after = await account.after.get(ref);
    if (isDict(before) && isDict(after)) parts.push({ ref, before, after });
  }
  return parts;
}

/** False: neither the field nor its widgets were written again, nor what these look like. Most fields of most revisions. */
async function mayBeTouched({ before, changes: { changed } }: StepAccount, field: FormField): Promise<boolean> {
  for (const ref of [field.ref, ...field.widgets]) {
    if (changed.has(ref.num)) return true;
    const part = ref.num === field.ref.num ? field.dict : await before.get(ref);
    const looks = isDict(part) ? part.get('AP') : undefined;
    if (looks === undefined) continue;
    const held = isRef(looks) ? await before.resolve(looks) : looks;
    if ([...referencesIn(looks), ...referencesIn(held)].some((num) => changed.has(num))) return true;
  }
  return false;
}

async function isTouched(account: StepAccount, parts: readonly Part[]): Promise<boolean> {
  for (const { ref, before, after } of parts) {
    if (account.isExplained(ref.num)) continue;
    if (account.changes.changed.has(ref.num) || !(await keepsAppearance(account, before, after))) return true;
  }
  return false;
}

async function checkFilling(
  account: StepAccount,
  field: FormField,
  parts: readonly Part[],
  boxes: readonly WidgetBox[],
): Promise<void> {
  const { num } = field.ref;
  const page = await account.pages.of(field.widgets[0] ?? field.ref);
  const own = parts.find(({ ref }) => ref.num === num);
  const was = await account.before.resolve(field.value);
  const is = own && changedKeys(own.before, own.after).includes('V') ? await account.after.value(own.after, 'V') : was;
  const sound = own !== undefined && isValue(field, is) && (await isSoundStep(account, field, parts, own));
  if ((field.flags & READ_ONLY) !== 0) account.fault('form_field_read_only', num, page);
  else if (sameValue(was, is)) account.fault('appearance_replaced', num, page);
  else if (!sound || !(await acceptLooks(account, field, parts, is))) account.fault('form_field_changed', num, page);
  else if (isStacked(field, boxes)) account.fault('fields_stacked', num, page);
  else {
    const code = isEmpty(is) ? 'value_cleared' : isEmpty(was) ? 'value_entered' : 'value_changed';
    account.noted.push(noted(code, { field: field.name, page, object: num }));
  }
  explainParts(account, parts);
}

/** Text, a choice or choices, the name of a state; bounded. */
function isValue(field: FormField, value: PdfObject): boolean {
  const isText = (one: PdfObject) => isString(one) && one.bytes.length <= LONGEST_VALUE;
  if (value === null) return true;
  if (field.type === 'Tx') return isText(value);
  if (field.type === 'Ch')
    return isText(value) || (isArray(value) && value.length < MOST_CHOICES && value.every(isText));
  return field.type === 'Btn' && (field.flags & PUSHBUTTON) === 0 && isName(value);
}

/** Only what filling sets was set, with values of the right kind. */
async function isSoundStep(
  account: StepAccount,
  { type, flags, ref, widgets }: FormField,
  parts: readonly Part[],
  own: Part,
): Promise<boolean> {
  for (const { ref: part, before, after } of parts) {
    const allowed = [
      ...(part.num === ref.num ? VALUE_KEYS : []),
      ...(widgets.some(({ num }) => num === part.num) ? WIDGET_KEYS : []),
    ];
    if (changedKeys(before, after).some((key) => !allowed.includes(key))) return false;
    if (!sameValue(before.get('M'), after.get('M')) && !isString(after.get('M'))) return false;
  }
  const rich = own.after.get('RV');
  if (!sameValue(own.before.get('RV'), rich) && rich !== undefined) {
    const text = await account.after.resolve(rich);
    if ((flags & RICH_TEXT) === 0 || !isString(text) || text.bytes.length > LONGEST_VALUE) return false;
  }
  const chosen = own.after.get('I');
  if (sameValue(own.before.get('I'), chosen) || chosen === undefined) return true;
  return type === 'Ch' && isArray(chosen) && chosen.length < MOST_CHOICES && chosen.every(isInteger);
}

/** Buttons only show another of the states that they have; text and choices get a new look of their own. */
async function acceptLooks(
  account: StepAccount,
  field: FormField,
  parts: readonly Part[],
  value: PdfObject,
): Promise<boolean> {
  for (const { ref, before, after } of parts) {
    const keeps = await keepsAppearance(account, before, after);
    if (field.type === 'Btn') {
      if (!keeps || !(await showsState(account, after, value))) return false;
    } else if (!sameValue(before.get('AS'), after.get('AS'))) return false;
    else if (!keeps && !(await acceptAppearance(account, ref, before, after))) return false;
  }
  return true;
}

/** A button shows the state that its value names, or that it is off (§12.7.5.2.3). */
async function showsState(account: StepAccount, widget: PdfDict, value: PdfObject): Promise<boolean> {
  const shown = nameOf(await account.after.value(widget, 'AS'));
  if (shown === undefined) return !widget.has('AP');
  const looks = await account.after.dict(widget, 'AP');
  const states = looks && (await account.after.dict(looks, 'N'));
  const wanted = nameOf(value) ?? 'Off';
  return shown === (states?.has(wanted) ? wanted : 'Off');
}

interface WidgetBox {
  /** Number of the field. */
  readonly field: number;
  readonly page: number | undefined;
  readonly box: Box;
}

/** Lies a widget of the field upon one of another field, on the same page? */
function isStacked({ ref }: FormField, boxes: readonly WidgetBox[]): boolean {
  const own = boxes.filter(({ field }) => field === ref.num);
  const upon = (one: WidgetBox, other: WidgetBox) => one.page === other.page && liesUpon(one.box, other.box);
  return boxes.some((other) => other.field !== ref.num && own.some((one) => upon(one, other)));
}

async function boxesOf(account: StepAccount, fields: readonly FormField[]): Promise<WidgetBox[]> {
  const boxes: WidgetBox[] = [];
  for (const field of fields) {
    for (const ref of field.widgets) {
      const page = await account.pages.of(ref);
      const widget = await account.before.get(ref);
      const box = isDict(widget) ? await boxOf(account.before, widget.get('Rect')) : undefined;
      if (box && box.width > 0 && box.height > 0) boxes.push({ field: field.ref.num, page, box });
    }
  }
  return boxes;
}

function isEmpty(value: PdfObject): boolean {
  if (value === null || isName(value, 'Off')) return true;
  return isString(value) ? value.bytes.length === 0 : isArray(value) && value.length === 0;
}

/** The parts, and the looks that were written over theirs, have been judged; what they may not hold is a fault by now. */
function explainParts(account: StepAccount, parts: readonly Part[]): void {
  for (const { ref, before, after } of parts) {
    account.explain(ref.num);
    for (const key of VALUE_KEYS) {
      account.holder(before.get(key), after.get(key));
      account.newObjects(after.get(key));
    }
  }
}

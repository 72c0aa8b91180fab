import type { PdfDocument } from '../pdf/document.ts';
import { isArray, isDict, isRef, type PdfDict, type PdfObject, type PdfRef } from '../pdf/objects.ts';
import type { SignatureField } from '../pdf/signature-permissions.ts';
import { changedKeys, sameValue } from './object-equality.ts';
import { isDocumentTimestamp } from './signature-dictionary.ts';
import type { StepAccount } from './step-account.ts';
import { appended } from './step-catalog-rules.ts';

/** Keys that a signature field or its widget may have: nothing that acts, nothing that calculates. */
const FIELD_KEYS = new Set([
  'Type',
  'Subtype',
  'FT',
  'T',
  'TU',
  'V',
  'F',
  'Ff',
  'Rect',
  'P',
  'AP',
  'Lock',
  'SV',
  'MK',
  'DA',
  'DR',
  'Border',
  'BS',
  'NM',
  'M',
  'Kids',
  'Parent',
]);
/** Keys that filling an empty field may set. */
const FILLED_KEYS = new Set(['V', 'AP', 'F', 'M']);

/** The fields that have a signature now and had none; what was signed stays signed, with the same signature. */
export function signedFields(
  account: StepAccount,
  before: readonly SignatureField[],
  after: readonly SignatureField[],
): SignatureField[] {
  for (const { ref, value, signature } of before) {
    const now = after.find((field) => field.ref.num === ref.num);
    if (!now || (signature && !sameValue(value, now.value))) account.fault('form_changed', ref.num);
  }
  return after.filter(
    ({ ref, signature }) => signature && !before.find((field) => field.ref.num === ref.num)?.signature,
  );
}

/** A field that was added with its signature, or an empty one that was filled: the field and its widgets. */
export async function checkSignedField(
  account: StepAccount,
  field: SignatureField,
  before: readonly SignatureField[],
): Promise<void> {
  const old = before.find(({ ref }) => ref.num === field.ref.num);
  if (!old && before.some(({ name }) => name === field.name)) account.fault('field_changed', field.ref.num);
  const parts = new Map([field.ref, ...field.widgets].map((ref) => [ref.num, ref]));
  for (const ref of parts.values()) {
    const dict = await account.after.get(ref);
    const was = old ? await account.before.get(ref) : null;
    if (!isDict(dict)) account.fault('field_changed', ref.num);
    else if (isDict(was)) checkFilled(account, ref, was, dict);
    else checkNew(account, ref, dict);
    if (isDict(dict)) await checkPage(account, dict.get('P'), [...parts.keys()]);
  }
  const covers =
    field.signature && isDocumentTimestamp(field.signature) && (await showsSomething(account.after, [field]));
  if (covers) account.fault('field_changed', field.ref.num);
}

function checkNew(account: StepAccount, ref: PdfRef, dict: PdfDict): void {
  const known = [...dict.keys()].every((key) => FIELD_KEYS.has(key));
  if (!known || !account.changes.added.has(ref.num)) account.fault('field_changed', ref.num);
  account.newObjects(ref);
}

function checkFilled(account: StepAccount, ref: PdfRef, before: PdfDict, after: PdfDict): void {
  if (changedKeys(before, after).some((key) => !FILLED_KEYS.has(key))) account.fault('field_changed', ref.num);
  account.holder(ref, ref);
  account.newObjects(after.get('V'));
  account.newObjects(after.get('AP'));
}

/** The page of a new widget: /Annots gets the widget at its end, the rest stays. */
async function checkPage(account: StepAccount, page: PdfObject | undefined, widgets: readonly number[]): Promise<void> {
  if (!isRef(page)) return;
  const before = await account.before.get(page);
  const after = await account.after.get(page);
  if (!isDict(before) || !isDict(after)) return;
  const extra = appended(await account.before.value(before, 'Annots'), await account.after.value(after, 'Annots'));
  const onlyWidgets = extra?.every((item) => isRef(item) && widgets.includes(item.num));
  if (!onlyWidgets || changedKeys(before, after).some((key) => key !== 'Annots'))
    account.fault('page_changed', page.num);
  account.holder(page, page);
  account.holder(before.get('Annots'), after.get('Annots'));
}

/** Has one of the fields an appearance with an area? */
export async function showsSomething(document: PdfDocument, fields: readonly SignatureField[]): Promise<boolean> {
  for (const ref of fields.flatMap(({ widgets }) => widgets)) {
    const widget = await document.get(ref);
    if (!isDict(widget) || !widget.has('AP')) continue;
    const rect = await document.value(widget, 'Rect');
    const flat = isArray(rect) && rect.length === 4 && (sameValue(rect[0], rect[2]) || sameValue(rect[1], rect[3]));
    if (!flat) return true;
  }
  return false;
}

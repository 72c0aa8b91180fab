import type { PdfDocument } from '../../pdf/document.ts';
import { isArray, isDict, type PdfDict, type PdfRef } from '../../pdf/objects.ts';
import type { SignatureField } from '../../pdf/signature-permissions.ts';
import { isDocumentTimestamp } from '../signature-dictionary.ts';
import { acceptAppearance, keepsAppearance } from './appearance-rules.ts';
import { noted } from './noted-change.ts';
import { changedKeys, sameValue } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';

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
    else if (isDict(was)) await checkFilled(account, ref, was, dict);
    else checkNew(account, ref, dict);
  }
  const covers =
    field.signature && isDocumentTimestamp(field.signature) && (await showsSomething(account.after, [field]));
  if (covers) account.fault('field_changed', field.ref.num);
  const code = field.signature && isDocumentTimestamp(field.signature) ? 'document_timestamp' : 'signature';
  const shown = code === 'signature' && (await showsSomething(account.after, [field]));
  const page = shown ? await account.pages.of(field.widgets[0] ?? field.ref) : undefined;
  account.noted.push(noted(code, { field: field.name, page, object: field.ref.num }));
}

/**
 * Signature fields that were signed keep their look, to the last object: it is where a shadow attack would lay itself over
 * the page.
 */
export async function checkSignedLooks(account: StepAccount, before: readonly SignatureField[]): Promise<void> {
  for (const field of before.filter(({ signature }) => signature)) {
    for (const ref of field.widgets) {
      const [was, is] = [await account.before.get(ref), await account.after.get(ref)];
      if (!isDict(was) || (isDict(is) && (await keepsAppearance(account, was, is)))) continue;
      account.fault('appearance_replaced', ref.num, await account.pages.of(ref));
      account.explain(ref.num);
    }
  }
}

function checkNew(account: StepAccount, ref: PdfRef, dict: PdfDict): void {
  const known = [...dict.keys()].every((key) => FIELD_KEYS.has(key));
  if (!known || !account.changes.added.has(ref.num)) account.fault('field_changed', ref.num);
  account.newObjects(ref);
}

async function checkFilled(account: StepAccount, ref: PdfRef, before: PdfDict, after: PdfDict): Promise<void> {
  if (changedKeys(before, after).some((key) => !FILLED_KEYS.has(key))) account.fault('field_changed', ref.num);
  account.holder(ref, ref);
  account.newObjects(after.get('V'));
  account.newObjects(after.get('AP'));
  // The empty field's look may have been written over, instead of being replaced.
  if (!(await keepsAppearance(account, before, after))) await acceptAppearance(account, ref, before, after);
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

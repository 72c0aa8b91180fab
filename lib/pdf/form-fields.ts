import type { PdfDocument } from './document.ts';
import {
  isArray,
  isDict,
  isInteger,
  isName,
  isRef,
  isString,
  nameOf,
  type PdfArray,
  type PdfDict,
  type PdfObject,
  type PdfRef,
} from './objects.ts';
import { broken, overLimit } from './problems.ts';
import { decodeTextString } from './text-string.ts';

/** A terminal field of the interactive form (ISO 32000-2 §12.7.4), inherited attributes filled in. */
export interface FormField {
  readonly ref: PdfRef;
  readonly dict: PdfDict;
  /** Full name: the partial names of the path, joined by dots. */
  readonly name: string;
  /** `Sig`, `Tx`, `Btn`, `Ch`. */
  readonly type: string | undefined;
  /** /Ff; bit 1 is ReadOnly. */
  readonly flags: number;
  /** /V, a reference where the file has one. */
  readonly value: PdfObject | undefined;
  /** Its widget annotations: itself when merged, else its kids. */
  readonly widgets: readonly PdfRef[];
}

/** The form dictionary, and the reference to it when it is an object of its own. */
export interface AcroForm {
  readonly ref: PdfRef | undefined;
  readonly dict: PdfDict;
}

export async function acroForm(document: PdfDocument): Promise<AcroForm | undefined> {
  const entry = (await document.catalog()).get('AcroForm');
  const dict = await document.resolve(entry);
  if (dict === null) return undefined;
  if (!isDict(dict)) throw broken('the form is not a dictionary');
  return { ref: isRef(entry) ? entry : undefined, dict };
}

/** The top-level fields as the form lists them. */
export async function rootFields(document: PdfDocument, form: AcroForm): Promise<PdfArray> {
  const fields = await document.value(form.dict, 'Fields');
  if (fields === null) return [];
  if (!isArray(fields)) throw broken('the fields of the form are not a list');
  return fields;
}

interface Above {
  readonly name: string;
  readonly type: string | undefined;
  readonly flags: number;
  readonly value: PdfObject | undefined;
}

const NOTHING_ABOVE: Above = { name: '', type: undefined, flags: 0, value: undefined };

/** Every terminal field, in the order of the form. Throws `pdf_broken` on fields in a circle, `pdf_limits` on too many levels. */
export async function formFields(document: PdfDocument): Promise<FormField[]> {
  const form = await acroForm(document);
  const walk: Walk = { document, visited: new Set(), found: [] };
  if (form) for (const field of await rootFields(document, form)) await addFields(walk, field, NOTHING_ABOVE, 0);
  return walk.found;
}

interface Walk {
  readonly document: PdfDocument;
  readonly visited: Set<number>;
  readonly found: FormField[];
}

/** Adds the terminal fields at and below `entry`. */
async function addFields(walk: Walk, entry: PdfObject, above: Above, depth: number): Promise<void> {
  const { document, visited, found } = walk;
  if (!isRef(entry)) throw broken('a form field is not an indirect object');
  if (depth > document.limits.chain) throw overLimit('the form is nested too deeply');
  if (visited.has(entry.num)) throw broken('the form fields run in a circle');
  visited.add(entry.num);
  if (visited.size > document.limits.fields) throw overLimit('the form has too many fields');
  const dict = await document.resolve(entry);
  // A dangling reference is the null object (§7.3.10): no field.
  if (!isDict(dict)) return;
  const own = await inherit(document, dict, above);
  const kids = await direct(document, dict, 'Kids');
  if (!isArray(kids)) {
    found.push({ ref: entry, dict, ...own, widgets: isName(dict.get('Subtype'), 'Widget') ? [entry] : [] });
    return;
  }
  const split = await splitKids(document, kids);
  for (const field of split.fields) await addFields(walk, field, own, depth + 1);
  if (split.fields.length === 0) found.push({ ref: entry, dict, ...own, widgets: split.widgets });
}

/** The value of `key`, waited for only where it is a reference: forms have many fields. */
function direct(document: PdfDocument, dict: PdfDict, key: string): PdfObject | Promise<PdfObject> {
  const value = dict.get(key) ?? null;
  return isRef(value) ? document.resolve(value) : value;
}

/** Kids with a partial name are fields below this one; the others are its widgets. */
async function splitKids(document: PdfDocument, kids: PdfArray): Promise<{ fields: PdfRef[]; widgets: PdfRef[] }> {
  const fields: PdfRef[] = [];
  const widgets: PdfRef[] = [];
  for (const kid of kids) {
    if (!isRef(kid)) throw broken('a form field is not an indirect object');
    const dict = await document.resolve(kid);
    if (!isDict(dict)) continue;
    if (dict.has('T')) fields.push(kid);
    else widgets.push(kid);
  }
  return { fields, widgets };
}

async function inherit(document: PdfDocument, dict: PdfDict, above: Above): Promise<Above> {
  const partial = await direct(document, dict, 'T');
  const flags = await direct(document, dict, 'Ff');
  const text = isString(partial) ? decodeTextString(partial) : '';
  return {
    name: [above.name, text].filter((part) => part !== '').join('.'),
    type: nameOf(await direct(document, dict, 'FT')) ?? above.type,
    flags: isInteger(flags) ? flags : above.flags,
    value: dict.get('V') ?? above.value,
  };
}

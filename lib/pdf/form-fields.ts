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

/** Every terminal field. Throws `pdf_broken` on fields in a circle, `pdf_limits` on too many levels. */
export async function* formFields(document: PdfDocument): AsyncGenerator<FormField> {
  const form = await acroForm(document);
  if (!form) return;
  const visited = new Set<number>();
  for (const field of await rootFields(document, form)) yield* walk(document, field, NOTHING_ABOVE, visited, 0);
}

async function* walk(
  document: PdfDocument,
  entry: PdfObject,
  above: Above,
  visited: Set<number>,
  depth: number,
): AsyncGenerator<FormField> {
  if (!isRef(entry)) throw broken('a form field is not an indirect object');
  if (depth > document.limits.chain) throw overLimit('the form is nested too deeply');
  if (visited.has(entry.num)) throw broken('the form fields run in a circle');
  visited.add(entry.num);
  const dict = await document.resolve(entry);
  // A dangling reference is the null object (§7.3.10): no field.
  if (!isDict(dict)) return;
  const own = await inherit(document, dict, above);
  const kids = await document.value(dict, 'Kids');
  if (!isArray(kids)) {
    yield { ref: entry, dict, ...own, widgets: isName(dict.get('Subtype'), 'Widget') ? [entry] : [] };
    return;
  }
  const split = await splitKids(document, kids);
  for (const field of split.fields) yield* walk(document, field, own, visited, depth + 1);
  if (split.fields.length === 0) yield { ref: entry, dict, ...own, widgets: split.widgets };
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
  const partial = await document.value(dict, 'T');
  const flags = await document.value(dict, 'Ff');
  const text = isString(partial) ? decodeTextString(partial) : '';
  return {
    name: [above.name, text].filter((part) => part !== '').join('.'),
    type: nameOf(await document.value(dict, 'FT')) ?? above.type,
    flags: isInteger(flags) ? flags : above.flags,
    value: dict.get('V') ?? above.value,
  };
}

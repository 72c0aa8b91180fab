import { ProblemError } from '../platform/errors.ts';
import type { PdfDocument } from './document.ts';
import { type AcroForm, rootFields } from './form-fields.ts';
import { type Drawing, graftDrawing } from './graft.ts';
import {
  dict,
  dictWith,
  isArray,
  isDict,
  isRef,
  isString,
  type PdfDict,
  type PdfObject,
  type PdfRef,
} from './objects.ts';
import { shownBox } from './page-geometry.ts';
import { boxOf, type PdfPage } from './page-tree.ts';
import { broken } from './problems.ts';
import type { Revision } from './revision.ts';
import type { SignatureField } from './signature-permissions.ts';
import { pageShowing } from './signature-place.ts';
import { decodeTextString } from './text-string.ts';

/** /SigFlags: SignaturesExist and AppendOnly (ISO 32000-2 table 225). */
const SIG_FLAGS = 3;

/** The first of `Signature1`, `Signature2` … that no top-level field bears. */
export async function newFieldName(document: PdfDocument, form: AcroForm | undefined): Promise<string> {
  const taken = await topNames(document, form);
  let number = 1;
  while (taken.has(`Signature${number}`)) number++;
  return `Signature${number}`;
}

/**
 * A name is that of a signature field which is there, or new: then no field bears it, and it is a partial name, without
 * full stops (ISO 32000-2 §12.7.4.2). @throws ProblemError `pdf_field_name`
 */
export async function checkFieldName(
  document: PdfDocument,
  form: AcroForm | undefined,
  fields: readonly SignatureField[],
  name: string,
): Promise<void> {
  const same = fields.filter((field) => field.name === name).length;
  if (same === 1) return;
  if (same > 1 || name === '' || name.includes('.') || (await topNames(document, form)).has(name)) {
    throw new ProblemError('pdf_field_name');
  }
}

async function topNames(document: PdfDocument, form: AcroForm | undefined): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const field of form ? await rootFields(document, form) : []) {
    const entry = await document.resolve(field);
    const partial = isDict(entry) ? await document.value(entry, 'T') : null;
    if (isString(partial)) taken.add(decodeTextString(partial));
  }
  return taken;
}

/** Puts a widget on a page: in the list of annotations that the page has, wherever that stands. */
export async function attachToPage(revision: Revision, page: PdfPage, widget: PdfRef): Promise<void> {
  const entry = page.dict.get('Annots');
  const annotations = await revision.document.resolve(entry);
  if (annotations !== null && !isArray(annotations)) throw broken('the annotations of a page are not a list');
  const extended = [...(annotations ?? []), widget];
  if (isRef(entry) && annotations !== null) revision.set(entry, extended);
  else revision.set(page.ref, dictWith(page.dict, { Annots: extended }));
}

/** Puts a field into the form, and the form into the catalog when there was none. */
export async function attachToForm(revision: Revision, field: PdfRef, siblings: readonly PdfObject[]): Promise<void> {
  await changeForm(revision, (form, setFields) => {
    const entry = form.get('Fields');
    const fields = [...siblings, field];
    if (!isRef(entry) || siblings.length === 0) return dictWith(form, { Fields: fields, SigFlags: SIG_FLAGS });
    setFields(entry, fields);
    return dictWith(form, { SigFlags: SIG_FLAGS });
  });
}

async function changeForm(
  revision: Revision,
  change: (form: PdfDict, setFields: (at: PdfRef, fields: readonly PdfObject[]) => void) => PdfDict,
): Promise<void> {
  const root = revision.document.trailer.get('Root');
  if (!isRef(root)) throw broken('the trailer names no catalog');
  const catalog = await revision.document.catalog();
  const entry = catalog.get('AcroForm');
  const form = await revision.document.resolve(entry);
  const before = isDict(form) ? form : new Map();
  const after = change(before, (at, fields) => revision.set(at, fields));
  const unchanged = before.get('SigFlags') === after.get('SigFlags') && before.get('Fields') === after.get('Fields');
  if (isRef(entry) && isDict(form)) {
    if (!unchanged) revision.set(entry, after);
  } else {
    revision.set(root, dictWith(catalog, { AcroForm: isDict(form) ? after : revision.add(after) }));
  }
}

/**
 * Fills an empty signature field that the document has; its widget shows the drawing when it has a place to.
 * @throws ProblemError `pdf_field_widgets`: a signature field never refers to more than one (ISO 32000-2 §12.7.5.5)
 */
export async function fillField(
  revision: Revision,
  field: SignatureField,
  signature: PdfRef,
  visible: { readonly drawing: Drawing } | undefined,
): Promise<void> {
  const [widget, ...others] = field.widgets;
  if (others.length > 0) throw new ProblemError('pdf_field_widgets');
  const look = visible && widget ? await appearance(revision, widget, visible.drawing) : undefined;
  const merged = widget !== undefined && widget.num === field.ref.num;
  revision.set(field.ref, dictWith(field.dict, { V: signature, ...(merged ? look : {}) }));
  if (widget && look && !merged) {
    const own = await revision.document.get(widget);
    if (isDict(own)) revision.set(widget, dictWith(own, look));
  }
  await changeForm(revision, (before) => dictWith(before, { SigFlags: SIG_FLAGS }));
}

async function appearance(revision: Revision, widget: PdfRef, drawing: Drawing): Promise<Record<string, PdfObject>> {
  const own = await revision.document.get(widget);
  const rect = isDict(own) ? await boxOf(revision.document, own.get('Rect')) : undefined;
  const page = rect && rect.width > 0 && rect.height > 0 ? await pageShowing(revision.document, widget) : undefined;
  if (!rect || !page) return {};
  const form = await graftDrawing(revision, drawing, shownBox(page, rect), page.rotate);
  return { AP: dict({ N: form }), F: 132 };
}

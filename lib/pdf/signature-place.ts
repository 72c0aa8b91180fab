import { ProblemError } from '../platform/errors.ts';
import type { PdfDocument } from './document.ts';
import { isArray, isDict, isRef, type PdfRef, sameRef } from './objects.ts';
import { shownBox } from './page-geometry.ts';
import { type Box, boxOf, type PdfPage, pageOf, pages } from './page-tree.ts';
import { type SignatureField, signatureFields } from './signature-permissions.ts';

/** Where a signature shows, as a reader sees the page: points from the lower left of its visible part. */
export interface SignaturePlace {
  /** From 0; -1 is the last. */
  readonly page: number;
  readonly box: Box;
}

/** Where a signature field shows, signed or empty. Undefined when it is invisible or on no page. */
export async function placeOfSignature(
  document: PdfDocument,
  field: SignatureField,
): Promise<SignaturePlace | undefined> {
  const [widget] = field.widgets;
  const dict = widget && (await document.resolve(widget));
  const rect = isDict(dict) ? await boxOf(document, dict.get('Rect')) : undefined;
  if (!widget || !rect || rect.width === 0 || rect.height === 0) return undefined;
  const page = await pageShowing(document, widget);
  return page && { page: page.index, box: shownBox(page, rect) };
}

/**
 * The place of the empty signature field of that name, for a drawing that is made to fit it; undefined when it is
 * invisible. @throws ProblemError `pdf_field_unknown`
 */
export async function placeOfField(document: PdfDocument, name: string): Promise<SignaturePlace | undefined> {
  const field = (await signatureFields(document)).find((candidate) => candidate.name === name);
  if (!field) throw new ProblemError('pdf_field_unknown');
  return placeOfSignature(document, field);
}

/** The page that lists a widget among its annotations, whatever its /P says; the page that /P names is looked at first. */
export async function pageShowing(document: PdfDocument, widget: PdfRef): Promise<PdfPage | undefined> {
  const dict = await document.resolve(widget);
  const named = isDict(dict) ? dict.get('P') : undefined;
  const page = isRef(named) ? await pageOf(document, named) : undefined;
  if (page && (await lists(document, page, widget))) return page;
  for await (const candidate of pages(document)) if (await lists(document, candidate, widget)) return candidate;
  return undefined;
}

async function lists(document: PdfDocument, page: PdfPage, widget: PdfRef): Promise<boolean> {
  const annotations = await document.value(page.dict, 'Annots');
  return isArray(annotations) && annotations.some((entry) => isRef(entry) && sameRef(entry, widget));
}

import { ProblemError } from '../platform/errors.ts';
import type { PdfDocument } from './document.ts';
import { acroForm, rootFields } from './form-fields.ts';
import { type Drawing, graftDrawing } from './graft.ts';
import { dict, dictWith, isDict, isRef, name, type PdfDict, type PdfObject, type PdfRef } from './objects.ts';
import { placeOnPage } from './page-geometry.ts';
import { pageAt } from './page-tree.ts';
import { broken } from './problems.ts';
import { Revision } from './revision.ts';
import type { Placeholder } from './serialize.ts';
import { attachToForm, attachToPage, checkFieldName, fillField, newFieldName } from './signature-field.ts';
import {
  type CertificationLevel,
  certificationLevel,
  checkMaySign,
  type FieldLock,
  lockOf,
  type SignatureField,
  signatureFields,
} from './signature-permissions.ts';
import type { SignaturePlace } from './signature-place.ts';
import { dateString, textString } from './text-string.ts';

/** /SubFilter of the signature: PAdES, PAdES document timestamp, ISO 32000-1 CMS. */
export type SubFilter = 'ETSI.CAdES.detached' | 'ETSI.RFC3161' | 'adbe.pkcs7.detached';

export interface SignatureRequest {
  readonly subFilter: SubFilter;
  /** Bytes kept for the DER of the CMS or timestamp token. */
  readonly contentsBytes: number;
  /** An empty signature field to fill, or the name of the new one. Default: the next free `Signature<n>`. */
  readonly fieldName?: string;
  /** Where the signature shows; without it the signature is invisible. `page` counts from 0, -1 is the last. */
  readonly visible?: SignaturePlace & { readonly drawing: Drawing };
  readonly reason?: string;
  readonly location?: string;
  readonly name?: string;
  readonly contactInfo?: string;
  /** Epoch milliseconds for /M; document timestamps have none. */
  readonly signingTime?: number;
  /** Makes it a certification signature. It must be the first. */
  readonly certify?: CertificationLevel;
  /** Fields that this signature locks. */
  readonly lock?: FieldLock;
}

/** A revision with an empty signature: the file is the original's bytes, then `tail`. */
export interface PreparedSignature {
  readonly tail: Uint8Array;
  /** Offset in the file where `tail` begins: the original's length. */
  readonly tailOffset: number;
  /** /ByteRange: all of the file but the brackets and digits of /Contents. */
  readonly byteRange: readonly [0, number, number, number];
  /** Offset in the file of the `<` of /Contents. */
  readonly contentsOffset: number;
  /** Bytes of DER that fit. */
  readonly contentsBytes: number;
  readonly fieldName: string;
}

const BYTE_RANGE_WIDTH = 64;

/**
 * Appends a signature field with an empty signature dictionary (ISO 32000-2 §12.8), as one incremental revision. The
 * digest to sign is over `signedTail` after all bytes of the original. Nothing of the original is changed or needed
 * but the few objects that the new ones touch.
 *
 * Throws `pdf_broken`, `pdf_limits`, `pdf_xfa`, `pdf_certified_no_changes`, `pdf_field_locked`, `pdf_field_name`,
 * `pdf_field_widgets`, `pdf_placement`, `invalid_state`.
 */
export async function prepareSignature(document: PdfDocument, request: SignatureRequest): Promise<PreparedSignature> {
  const form = await acroForm(document);
  if (form?.dict.has('XFA')) throw new ProblemError('pdf_xfa');
  const fields = await signatureFields(document);
  refuseWaitingFields(document, fields);
  const fieldName = request.fieldName ?? (await newFieldName(document, form));
  await refuseForbidden(document, fields, fieldName, request);
  if (request.fieldName !== undefined) await checkFieldName(document, form, fields, fieldName);
  const revision = new Revision(document);
  const existing = fields.find((field) => field.name === fieldName);
  const lock = request.lock ?? (existing && (await lockOf(document, await document.value(existing.dict, 'Lock'))));
  const signature = revision.add(signatureDict(request, lock));
  if (existing) await fillField(revision, existing, signature, request.visible);
  else await addField(revision, fieldName, signature, request, form ? await rootFields(document, form) : []);
  if (request.certify) await certify(revision, signature);
  refuseHarm(revision, fields);
  const { tail, placeholders } = await revision.finish();
  return withByteRange(document.source.length, tail, placeholders, request.contentsBytes, fieldName);
}

/** A field whose value is an object that nobody wrote yet would take the next object for its own: our signature. */
function refuseWaitingFields(document: PdfDocument, fields: readonly SignatureField[]): void {
  if (fields.some(({ value }) => isRef(value) && value.num >= document.size)) {
    throw broken('a signature field names an object that does not exist');
  }
}

/** A page tree or a form that leads to an earlier signature would have us write over it. */
function refuseHarm(revision: Revision, fields: readonly SignatureField[]): void {
  const kept = fields
    .filter(({ signature }) => signature)
    .flatMap(({ ref, value }) => (isRef(value) ? [ref, value] : [ref]));
  if (kept.some((at) => revision.changes(at))) throw broken('a signature is also something else');
}

/** §12.8.2.2.1: a document timestamp is not a change, so neither certification nor locks stand against it. */
async function refuseForbidden(
  document: PdfDocument,
  fields: readonly SignatureField[],
  fieldName: string,
  request: SignatureRequest,
): Promise<void> {
  const timestamp = request.subFilter === 'ETSI.RFC3161';
  if (timestamp && !fields.some((field) => field.name === fieldName)) return;
  await checkMaySign(document, fields, fieldName, request.certify !== undefined);
  if (request.certify && (await certificationLevel(document)) !== undefined) {
    throw new ProblemError('invalid_state', { detail: 'the document is already certified' });
  }
}

function signatureDict(
  request: SignatureRequest,
  lock: FieldLock | undefined,
): ReadonlyMap<string, PdfObject | Placeholder> {
  const text = (value: string | undefined) => (value === undefined ? undefined : textString(value));
  const references = [
    ...(request.certify ? [certificationReference(request.certify)] : []),
    ...(lock ? [lockReference(lock)] : []),
  ];
  const entries = new Map<string, PdfObject | Placeholder>(
    dict({
      Type: name(request.subFilter === 'ETSI.RFC3161' ? 'DocTimeStamp' : 'Sig'),
      Filter: name('Adobe.PPKLite'),
      SubFilter: name(request.subFilter),
      Name: text(request.name),
      Reason: text(request.reason),
      Location: text(request.location),
      ContactInfo: text(request.contactInfo),
      M: request.signingTime === undefined ? undefined : dateString(request.signingTime),
      Reference: references.length > 0 ? references : undefined,
    }),
  );
  entries.set('ByteRange', { kind: 'placeholder', id: 'byteRange', bytes: Buffer.alloc(BYTE_RANGE_WIDTH, ' ') });
  entries.set('Contents', { kind: 'placeholder', id: 'contents', bytes: emptyContents(request.contentsBytes) });
  return entries;
}

function emptyContents(bytes: number): Uint8Array {
  if (!Number.isInteger(bytes) || bytes < 1) throw new RangeError('The room for a signature is a number of bytes');
  const contents = Buffer.alloc(bytes * 2 + 2, '0');
  contents[0] = 0x3c;
  contents[contents.length - 1] = 0x3e;
  return contents;
}

function certificationReference(level: CertificationLevel): PdfDict {
  const parameters = dict({ Type: name('TransformParams'), P: level, V: name('1.2') });
  return dict({ Type: name('SigRef'), TransformMethod: name('DocMDP'), TransformParams: parameters });
}

function lockReference(lock: FieldLock): PdfDict {
  const parameters = dictWith(lockEntries(lock), { Type: name('TransformParams'), V: name('1.2') });
  return dict({ Type: name('SigRef'), TransformMethod: name('FieldMDP'), TransformParams: parameters });
}

function lockEntries(lock: FieldLock): PdfDict {
  return dict({ Action: name(lock.action), Fields: lock.action === 'All' ? undefined : lock.fields.map(textString) });
}

async function addField(
  revision: Revision,
  fieldName: string,
  signature: PdfRef,
  request: SignatureRequest,
  siblings: readonly PdfObject[],
): Promise<void> {
  const page = await pageAt(revision.document, request.visible?.page ?? 0);
  const { visible } = request;
  const rect = visible && placeOnPage(page, visible.box);
  const form = visible && (await graftDrawing(revision, visible.drawing, visible.box, page.rotate));
  const widget = revision.add(
    dict({
      Type: name('Annot'),
      Subtype: name('Widget'),
      FT: name('Sig'),
      T: textString(fieldName),
      F: 132,
      Rect: rect ?? [0, 0, 0, 0],
      P: page.ref,
      V: signature,
      AP: form && dict({ N: form }),
      Lock: request.lock && revision.add(dictWith(lockEntries(request.lock), { Type: name('SigFieldLock') })),
    }),
  );
  await attachToPage(revision, page, widget);
  await attachToForm(revision, widget, siblings);
}

async function certify(revision: Revision, signature: PdfRef): Promise<void> {
  const root = revision.document.trailer.get('Root');
  if (!isRef(root)) return;
  const catalog = await revision.get(root);
  if (!isDict(catalog)) return;
  const permissions = (await revision.document.dict(catalog, 'Perms')) ?? new Map();
  revision.set(root, dictWith(catalog, { Perms: dictWith(permissions, { DocMDP: signature }) }));
}

function withByteRange(
  originalLength: number,
  tail: Uint8Array,
  placeholders: ReadonlyMap<string, number>,
  contentsBytes: number,
  fieldName: string,
): PreparedSignature {
  const contentsOffset = placeholders.get('contents') ?? 0;
  const rangeOffset = placeholders.get('byteRange') ?? 0;
  const after = contentsOffset + contentsBytes * 2 + 2;
  const byteRange = [0, contentsOffset, after, originalLength + tail.length - after] as const;
  tail.set(Buffer.from(`[${byteRange.join(' ')}]`), rangeOffset - originalLength);
  return { tail, tailOffset: originalLength, byteRange, contentsOffset, contentsBytes, fieldName };
}

/** The parts of the tail that are signed, in order, after all bytes of the original. */
export function signedTail(prepared: PreparedSignature): readonly [Uint8Array, Uint8Array] {
  const { tail, tailOffset, byteRange } = prepared;
  return [tail.subarray(0, byteRange[1] - tailOffset), tail.subarray(byteRange[2] - tailOffset)];
}

/** The finished tail: `der` in hexadecimal in /Contents. Throws `pdf_signature_room` when it does not fit. */
export function fillContents(prepared: PreparedSignature, der: Uint8Array): Uint8Array {
  if (der.length > prepared.contentsBytes) {
    throw new ProblemError('pdf_signature_room', {
      detail: `${der.length} bytes do not fit into ${prepared.contentsBytes}`,
    });
  }
  const tail = Uint8Array.from(prepared.tail);
  tail.set(Buffer.from(Buffer.from(der).toString('hex'), 'latin1'), prepared.contentsOffset - prepared.tailOffset + 1);
  return tail;
}

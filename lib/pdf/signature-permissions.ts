import { ProblemError } from '../platform/errors.ts';
import type { PdfDocument } from './document.ts';
import { type FormField, formFields } from './form-fields.ts';
import { isArray, isDict, isInteger, isName, isString, nameOf, type PdfDict, type PdfObject } from './objects.ts';
import { decodeTextString } from './text-string.ts';

/** What a certification allows (ISO 32000-2 table 257): 1 nothing, 2 forms and signatures, 3 annotations too. */
export type CertificationLevel = 1 | 2 | 3;

/** Fields that a signature locks (§12.8.2.4). */
export interface FieldLock {
  readonly action: 'All' | 'Include' | 'Exclude';
  /** Full field names; a name stands for all fields below it. */
  readonly fields: readonly string[];
}

/** A signature field with its signature dictionary, when it is signed. */
export interface SignatureField extends FormField {
  readonly signature: PdfDict | undefined;
}

/** All signature fields, in the order of the form. @param fields those of the form, where they are known */
export async function signatureFields(document: PdfDocument, fields?: readonly FormField[]): Promise<SignatureField[]> {
  const found: SignatureField[] = [];
  for (const field of fields ?? (await formFields(document))) {
    if (field.type !== 'Sig') continue;
    const signature = await document.resolve(field.value);
    found.push({ ...field, signature: isDict(signature) ? signature : undefined });
  }
  return found;
}

/** The level of the certification signature that /Perms names; undefined when the document is not certified. */
export async function certificationLevel(document: PdfDocument): Promise<CertificationLevel | undefined> {
  const permissions = await document.dict(await document.catalog(), 'Perms');
  const signature = permissions && (await document.dict(permissions, 'DocMDP'));
  if (!signature) return undefined;
  for (const { method, parameters } of await transforms(document, signature)) {
    if (method !== 'DocMDP') continue;
    const level = parameters && (await document.value(parameters, 'P'));
    return level === 1 || level === 3 ? level : 2;
  }
  return 2;
}

/** The locks that the signatures already in the document put on its fields. */
export async function fieldLocks(document: PdfDocument, fields: readonly SignatureField[]): Promise<FieldLock[]> {
  const locks: FieldLock[] = [];
  for (const field of fields) {
    if (!field.signature) continue;
    const own = await lockOf(document, await document.value(field.dict, 'Lock'));
    if (own) locks.push(own);
    for (const { method, parameters } of await transforms(document, field.signature)) {
      const lock = method === 'FieldMDP' ? await lockOf(document, parameters ?? null) : undefined;
      if (lock) locks.push(lock);
    }
  }
  return locks;
}

/** The lock that a /Lock dictionary or FieldMDP parameters describe. */
export async function lockOf(document: PdfDocument, value: PdfObject): Promise<FieldLock | undefined> {
  if (!isDict(value)) return undefined;
  const action = nameOf(await document.value(value, 'Action'));
  if (action !== 'All' && action !== 'Include' && action !== 'Exclude') return undefined;
  const listed = await document.value(value, 'Fields');
  const fields: string[] = [];
  for (const item of isArray(listed) ? listed : []) {
    const text = await document.resolve(item);
    if (isString(text)) fields.push(decodeTextString(text));
  }
  return { action, fields };
}

export function isLocked(lock: FieldLock, fieldName: string): boolean {
  if (lock.action === 'All') return true;
  const listed = lock.fields.some((name) => fieldName === name || fieldName.startsWith(`${name}.`));
  return lock.action === 'Include' ? listed : !listed;
}

async function transforms(
  document: PdfDocument,
  signature: PdfDict,
): Promise<{ method: string | undefined; parameters: PdfDict | undefined }[]> {
  const references = await document.value(signature, 'Reference');
  const found: { method: string | undefined; parameters: PdfDict | undefined }[] = [];
  for (const reference of isArray(references) ? references : []) {
    const dict = await document.resolve(reference);
    if (!isDict(dict)) continue;
    found.push({
      method: nameOf(await document.value(dict, 'TransformMethod')),
      parameters: await document.dict(dict, 'TransformParams'),
    });
  }
  return found;
}

/**
 * Refuses a signature that the ones before it forbid: `pdf_certified_no_changes` after a certification with P=1,
 * `pdf_field_locked` for a locked, read-only or signed field, `invalid_state` for a certification that is not first.
 */
export async function checkMaySign(
  document: PdfDocument,
  fields: readonly SignatureField[],
  fieldName: string,
  certify: boolean,
): Promise<void> {
  const level = await certificationLevel(document);
  if (level === 1) throw new ProblemError('pdf_certified_no_changes');
  if (certify && fields.some((field) => field.signature && isApproval(field.signature))) {
    throw new ProblemError('invalid_state', { detail: 'a certification must be the first signature' });
  }
  const field = fields.find((candidate) => candidate.name === fieldName);
  if (field?.signature) throw new ProblemError('pdf_field_locked', { detail: 'the field is already signed' });
  if (field && isInteger(field.flags) && (field.flags & 1) === 1) {
    throw new ProblemError('pdf_field_locked', { detail: 'the field is read-only' });
  }
  for (const lock of await fieldLocks(document, fields)) {
    if (isLocked(lock, fieldName))
      throw new ProblemError('pdf_field_locked', { detail: 'an earlier signature locks the field' });
  }
}

function isApproval(signature: PdfDict): boolean {
  return !isName(signature.get('Type'), 'DocTimeStamp');
}

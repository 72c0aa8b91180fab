import type { PdfDocument } from '../../pdf/document.ts';
import {
  isArray,
  isDict,
  isName,
  isRef,
  isStream,
  isString,
  type PdfArray,
  type PdfDict,
  type PdfObject,
  type PdfStream,
  sameRef,
} from '../../pdf/objects.ts';
import { equalBytes } from '../../pki/der.ts';

/** Are two direct values the same? References are the same when they name the same object; nothing is followed. */
export function sameValue(a: PdfObject | undefined, b: PdfObject | undefined): boolean {
  if (a === b) return true;
  if (isRef(a) || isRef(b)) return isRef(a) && isRef(b) && sameRef(a, b);
  if (isName(a) || isName(b)) return isName(a) && isName(b, a.value);
  if (isString(a) || isString(b)) return isString(a) && isString(b) && equalBytes(a.bytes, b.bytes);
  if (isArray(a) || isArray(b)) return isArray(a) && isArray(b) && sameArray(a, b);
  return isDict(a) && isDict(b) && changedKeys(a, b).length === 0;
}

function sameArray(a: PdfArray, b: PdfArray): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
}

/** Keys that were added, removed or given another value. */
export function changedKeys(before: PdfDict, after: PdfDict): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => !sameValue(before.get(key), after.get(key)));
}

/** Are two indirect objects the same, streams with all their bytes? */
export async function sameObject(
  before: PdfDocument,
  a: PdfObject,
  after: PdfDocument,
  b: PdfObject,
): Promise<boolean> {
  if (isStream(a) && isStream(b)) return sameValue(a.dict, b.dict) && sameStreamBytes(before, a, after, b);
  return !isStream(a) && !isStream(b) && sameValue(a, b);
}

async function sameStreamBytes(before: PdfDocument, a: PdfStream, after: PdfDocument, b: PdfStream): Promise<boolean> {
  return a.raw.length === b.raw.length && equalBytes(await before.rawBytes(a), await after.rawBytes(b));
}

/** Numbers of all objects that a value refers to, nothing followed. */
export function* referencesIn(value: PdfObject): Generator<number> {
  const stack: PdfObject[] = [value];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (isRef(next)) yield next.num;
    else if (isArray(next)) stack.push(...next);
    else if (isDict(next)) stack.push(...next.values());
    else if (isStream(next)) stack.push(next.dict);
  }
}

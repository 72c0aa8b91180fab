/** The objects of ISO 32000-2 §7.3. Null, booleans and numbers are JavaScript's own; the rest carry their `kind`. */
export type PdfObject = null | boolean | number | PdfName | PdfString | PdfArray | PdfDict | PdfRef | PdfStream;

export interface PdfName {
  readonly kind: 'name';
  /** The name's bytes after `#xx` is undone, one character a byte (Latin-1). */
  readonly value: string;
}

export interface PdfString {
  readonly kind: 'string';
  readonly bytes: Uint8Array;
  readonly hex: boolean;
  /** Where the string stands in the file, delimiters included; absent for strings in object streams and new ones. */
  readonly span?: { readonly start: number; readonly end: number };
}

export interface PdfRef {
  readonly kind: 'ref';
  readonly num: number;
  readonly gen: number;
}

export type PdfArray = readonly PdfObject[];
/** Keys are names without their slash. A key whose value is null is absent (§7.3.7). */
export type PdfDict = ReadonlyMap<string, PdfObject>;

export interface PdfStream {
  readonly kind: 'stream';
  readonly dict: PdfDict;
  /** Encoded bytes: a range of the file, or bytes of a stream that is yet to be written. */
  readonly raw: { readonly offset: number; readonly length: number } | Uint8Array;
}

const names = new Map<string, PdfName>();

export function name(value: string): PdfName {
  const known = names.get(value);
  if (known) return known;
  const made: PdfName = { kind: 'name', value };
  if (names.size < 4096) names.set(value, made);
  return made;
}

export function ref(num: number, gen = 0): PdfRef {
  return { kind: 'ref', num, gen };
}

export function bytesString(bytes: Uint8Array, hex = false): PdfString {
  return { kind: 'string', bytes, hex };
}

/** A dictionary from pairs; pairs with an undefined value are left out. */
export function dict(entries: Record<string, PdfObject | undefined>): PdfDict {
  const map = new Map<string, PdfObject>();
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) map.set(key, value);
  return map;
}

/** `base` with `changes` laid over it; an undefined value removes the key. */
export function dictWith(base: PdfDict, changes: Record<string, PdfObject | undefined>): PdfDict {
  const map = new Map(base);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  return map;
}

export function stream(entries: Record<string, PdfObject | undefined>, bytes: Uint8Array): PdfStream {
  return { kind: 'stream', dict: dict(entries), raw: bytes };
}

type Maybe = PdfObject | undefined;

export const isDict = (value: Maybe): value is PdfDict => value instanceof Map;
export const isArray = (value: Maybe): value is PdfArray => Array.isArray(value);
export const isInteger = (value: Maybe): value is number => typeof value === 'number' && Number.isSafeInteger(value);
export const isNumber = (value: Maybe): value is number => typeof value === 'number';

function hasKind(value: Maybe, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export const isRef = (value: Maybe): value is PdfRef => hasKind(value, 'ref');
export const isString = (value: Maybe): value is PdfString => hasKind(value, 'string');
export const isStream = (value: Maybe): value is PdfStream => hasKind(value, 'stream');
/** True for a name; with `expected`, for that name only. */
export const isName = (value: Maybe, expected?: string): value is PdfName =>
  hasKind(value, 'name') && (expected === undefined || (value as PdfName).value === expected);

/** The text of a name, else undefined. */
export const nameOf = (value: Maybe): string | undefined => (isName(value) ? value.value : undefined);

export function sameRef(a: PdfRef, b: PdfRef): boolean {
  return a.num === b.num && a.gen === b.gen;
}

import type { PdfDocument } from './document.ts';
import {
  dict,
  dictWith,
  isArray,
  isDict,
  isRef,
  isStream,
  name,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  stream,
} from './objects.ts';
import { broken, overLimit } from './problems.ts';
import { Revision } from './revision.ts';

/** Kinds of validation data: keys of the store, and of its entries for single signatures. */
const KINDS = [
  ['certificates', 'Certs', 'Cert'],
  ['ocsps', 'OCSPs', 'OCSP'],
  ['lists', 'CRLs', 'CRL'],
] as const;
type Kind = (typeof KINDS)[number][0];

/** DER of certificates, OCSP responses and revocation lists. */
export type ValidationData = Readonly<Record<Kind, readonly Uint8Array[]>>;

/** What to add: data, and which of all data (old or new) belongs to which signature. */
export interface StoreAddition {
  /** Keys of /VRI: upper-case hex SHA-1 over a signature's /Contents (EN 319 142-1 §5.4.2.3). */
  readonly entries: ReadonlyMap<string, ValidationData>;
}

const MAX_ITEMS = 2000;

/** A piece of validation data as it stands in the file. */
export interface StoredItem {
  readonly ref: PdfRef;
  readonly bytes: Uint8Array;
  /** Where its octets end in the file: whoever covers the file up to there covers it. */
  readonly end: number;
}

/** The document security store of a file (ISO 32000-2 §12.8.4.3). */
export interface ValidationStore extends ValidationData {
  /** Keys of the signatures that have an entry. */
  readonly entries: ReadonlySet<string>;
}

/** Reads /DSS; without one the store is empty. @throws ProblemError `pdf_broken`, `pdf_limits` */
export async function readValidationStore(document: PdfDocument): Promise<ValidationStore> {
  const vri = await vriOf(document, await storeOf(document));
  const items = await readStoredItems(document);
  const bytesOf = (kind: Kind) => items[kind].map(({ bytes }) => bytes);
  return {
    certificates: bytesOf('certificates'),
    ocsps: bytesOf('ocsps'),
    lists: bytesOf('lists'),
    entries: new Set([...vri.keys()].filter((key) => key !== 'Type')),
  };
}

/** All that /DSS holds, piece by piece. @throws ProblemError `pdf_broken`, `pdf_limits` */
export async function readStoredItems(document: PdfDocument): Promise<Readonly<Record<Kind, readonly StoredItem[]>>> {
  const store = await storeOf(document);
  return {
    certificates: await readItems(document, store, 'Certs'),
    ocsps: await readItems(document, store, 'OCSPs'),
    lists: await readItems(document, store, 'CRLs'),
  };
}

async function storeOf(document: PdfDocument): Promise<PdfDict> {
  const store = await document.value(await document.catalog(), 'DSS');
  if (store !== null && !isDict(store)) throw broken('the validation data is not a dictionary');
  return store ?? new Map();
}

async function vriOf(document: PdfDocument, store: PdfDict): Promise<PdfDict> {
  const vri = await document.value(store, 'VRI');
  return isDict(vri) ? vri : new Map();
}

async function readItems(document: PdfDocument, holder: PdfDict, key: string): Promise<StoredItem[]> {
  const list = await document.value(holder, key);
  const items: StoredItem[] = [];
  for (const entry of isArray(list) ? list : []) {
    if (items.length >= MAX_ITEMS) throw overLimit('there is too much validation data');
    const object = await document.resolve(entry);
    if (!isRef(entry) || !isStream(object)) continue;
    const { raw } = object;
    const end = 'offset' in raw ? raw.offset + raw.length : Number.POSITIVE_INFINITY;
    items.push({ ref: entry, bytes: await document.streamBytes(object), end });
  }
  return items;
}

/**
 * Adds validation data as an incremental revision of its own. What the store holds stays, and nothing is held twice.
 * @returns the bytes to append
 */
export async function appendValidationStore(document: PdfDocument, { entries }: StoreAddition): Promise<Uint8Array> {
  const revision = new Revision(document);
  const store = await storeOf(document);
  const vri = await vriOf(document, store);
  const lists: Record<string, PdfObject> = {};
  const made = new Map<string, Map<string, PdfObject>>([...entries.keys()].map((key) => [key, new Map()]));
  for (const [kind, storeKey, entryKey] of KINDS) {
    const held = new Map((await readItems(document, store, storeKey)).map(({ ref, bytes }) => [textOf(bytes), ref]));
    for (const [key, data] of entries) {
      const own = (await document.dict(vri, key)) ?? new Map<string, PdfObject>();
      const refs = new Map((await readItems(document, own, entryKey)).map(({ ref, bytes }) => [textOf(bytes), ref]));
      for (const bytes of data[kind]) {
        const known = held.get(textOf(bytes)) ?? revision.add(stream({}, bytes));
        held.set(textOf(bytes), known);
        if (!refs.has(textOf(bytes))) refs.set(textOf(bytes), known);
      }
      if (refs.size > 0) made.get(key)!.set(entryKey, [...refs.values()]);
    }
    if (held.size > 0) lists[storeKey] = [...held.values()];
  }
  const changed = Object.fromEntries([...made].map(([key, value]) => [key, revision.add(value)]));
  const vriEntry = store.get('VRI');
  const nextVri = dictWith(vri, changed);
  const vriRef = isRef(vriEntry) && vri.size > 0 ? vriEntry : revision.add(nextVri);
  revision.set(vriRef, nextVri);
  await putStore(revision, dictWith(store, { ...lists, VRI: vriRef }));
  return (await revision.finish()).tail;
}

/** The store takes the place that it has in the catalog, or a new one. */
async function putStore(revision: Revision, store: PdfDict): Promise<void> {
  const root = revision.document.trailer.get('Root');
  if (!isRef(root)) throw broken('the trailer names no catalog');
  const catalog = await revision.document.catalog();
  const entry = catalog.get('DSS');
  if (isRef(entry) && isDict(await revision.document.get(entry))) revision.set(entry, store);
  else
    revision.set(
      root,
      dictWith(catalog, { DSS: revision.add(dictWith(dict({ Type: name('DSS') }), Object.fromEntries(store))) }),
    );
}

/** Equal bytes have equal texts. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

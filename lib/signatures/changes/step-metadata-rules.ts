import { createHash } from 'node:crypto';
import { isDict, isName, isRef, isStream, isString, type PdfObject } from '../../pdf/objects.ts';
import { noted } from './noted-change.ts';
import { changedKeys, referencesIn, sameValue } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';

/** What writers put down about a further revision (§14.3.3). */
const INFORMATION_KEYS = ['ModDate', 'Producer'];
const STREAM_KEYS = ['Type', 'Subtype', 'Length', 'Filter', 'DecodeParms'];
const LONGEST_TEXT = 4096;

/**
 * The metadata of the file may be brought up to date (§14.3): the XMP stream of the catalog, which no page shows as long as
 * the catalog alone refers to it, and in the information dictionary when and with what the file was changed.
 */
export async function checkMetadata(account: StepAccount): Promise<void> {
  const [before, after] = [await account.before.catalog(), await account.after.catalog()];
  const [was, is] = [before.get('Metadata'), after.get('Metadata')];
  const root = account.after.trailer.get('Root');
  if (isRef(is) && isRef(root)) {
    const isNew = account.changes.added.has(is.num) && !sameValue(was, is);
    const isOwn =
      account.changes.changed.has(is.num) && sameValue(was, is) && account.holders.isHeldOnlyBy(is.num, root.num);
    if ((isNew || isOwn) && isXmp(await account.after.get(is))) {
      account.explain(is.num);
      account.noted.push(noted('metadata', { object: is.num }));
    }
  }
  checkInformation(account);
}

/** Whether the catalog may point at other metadata than before: at a new stream that is nothing else. */
export async function mayReplaceMetadata(account: StepAccount): Promise<boolean> {
  const is = (await account.after.catalog()).get('Metadata');
  return isRef(is) && account.changes.added.has(is.num) && isXmp(await account.after.get(is));
}

function isXmp(value: PdfObject): boolean {
  if (!isStream(value) || !isName(value.dict.get('Type'), 'Metadata')) return false;
  return isName(value.dict.get('Subtype'), 'XML') && [...value.dict.keys()].every((key) => STREAM_KEYS.includes(key));
}

function checkInformation(account: StepAccount): void {
  const info = account.after.trailer.get('Info');
  if (!isRef(info) || !sameValue(info, account.before.trailer.get('Info'))) return;
  const change = account.changes.changed.get(info.num);
  if (!change || !isDict(change.before) || !isDict(change.after)) return;
  const { after } = change;
  const isText = (value: PdfObject | undefined) =>
    value === undefined || (isString(value) && value.bytes.length <= LONGEST_TEXT);
  const keys = changedKeys(change.before, after);
  if (!keys.every((key) => INFORMATION_KEYS.includes(key) && isText(after.get(key)))) return;
  account.explain(info.num);
  account.noted.push(noted('information', { object: info.num }));
}

/** Keys of dictionaries of validation data: on its own such a dictionary shows nothing. */
const SPARE_KEYS = ['Type', 'Cert', 'CRL', 'OCSP', 'TU', 'TS'];

/**
 * Objects that writers leave behind: that nothing refers to, and that would show nothing if something did. They are an empty
 * dictionary, a dictionary of validation data, or the same stream data as an object that has been accounted for.
 */
export async function explainLeftovers(account: StepAccount): Promise<void> {
  const { added, changed } = account.changes;
  const referred = new Set<number>();
  for (const { value } of added.values()) for (const num of referencesIn(value)) referred.add(num);
  for (const { after } of changed.values()) for (const num of referencesIn(after)) referred.add(num);
  const left = [...added].filter(([num]) => !account.isExplained(num) && !referred.has(num));
  const accepted = await acceptedStreams(account, new Set(left.flatMap(([, { value }]) => copyLength(value) ?? [])));
  for (const [num, { value }] of left) {
    const isSpare = isDict(value) && [...value.keys()].every((key) => SPARE_KEYS.includes(key));
    if (isSpare || accepted.has(await digestOf(account, value))) account.explain(num);
  }
}

/** Length of the data of a stream that says nothing but how it is packed. */
function copyLength(value: PdfObject): number | undefined {
  const isPlain = isStream(value) && [...value.dict.keys()].every((key) => STREAM_KEYS.includes(key));
  return isPlain ? value.raw.length : undefined;
}

/** Digests of the streams that have been accounted for, of the given lengths. */
async function acceptedStreams(account: StepAccount, lengths: ReadonlySet<number>): Promise<ReadonlySet<string>> {
  const { added, changed } = account.changes;
  const found = new Set<string>();
  const all: [number, PdfObject][] = [...changed].map(([num, { after }]) => [num, after]);
  for (const [num, { value }] of added) all.push([num, value]);
  for (const [num, value] of all) {
    if (!isStream(value) || !account.isExplained(num) || !lengths.has(value.raw.length)) continue;
    found.add(
      createHash('sha256')
        .update(await account.after.rawBytes(value))
        .digest('hex'),
    );
  }
  return found;
}

async function digestOf(account: StepAccount, value: PdfObject): Promise<string> {
  if (copyLength(value) === undefined || !isStream(value)) return '';
  return createHash('sha256')
    .update(await account.after.rawBytes(value))
    .digest('hex');
}

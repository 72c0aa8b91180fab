import {
  isArray,
  isDict,
  isInteger,
  isRef,
  isString,
  type PdfArray,
  type PdfDict,
  type PdfObject,
} from '../../pdf/objects.ts';
import type { SignatureField } from '../../pdf/signature-permissions.ts';
import { reason } from '../validation/reasons.ts';
import { noted } from './noted-change.ts';
import { changedKeys, sameValue } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';
import { mayReplaceMetadata } from './step-metadata-rules.ts';

const CATALOG_KEYS = new Set(['AcroForm', 'DSS', 'Extensions', 'Version']);
const DSS_KEYS = new Set(['Type', 'VRI', 'Certs', 'OCSPs', 'CRLs']);
const VRI_KEYS = new Set(['Type', 'Cert', 'CRL', 'OCSP', 'TU', 'TS']);

/**
 * The root and the information dictionary stay (ISO 32000-2 §7.5.5). /ID should keep its first half (§14.4), which some writers
 * do not: it names the file and, where nothing is encrypted, does nothing else.
 */
export function checkTrailer(account: StepAccount): void {
  const before = account.before.trailer;
  const after = account.after.trailer;
  const sameEntries =
    sameValue(before.get('Root'), after.get('Root')) && sameValue(before.get('Info'), after.get('Info'));
  const [was, is] = [before.get('ID'), after.get('ID')];
  const isIdentifier = isArray(is) && is.length === 2 && is.every(isString);
  if (!sameEntries || !(isIdentifier || was === undefined || sameValue(was, is))) account.fault('trailer_changed');
}

/** The catalog may get a form, validation data, and what announces them (§7.7.2, EN 319 142-1 §5.4). */
export async function checkCatalog(account: StepAccount): Promise<void> {
  const before = await account.before.catalog();
  const after = await account.after.catalog();
  const allowed = (await mayReplaceMetadata(account)) ? [...CATALOG_KEYS, 'Metadata'] : [...CATALOG_KEYS];
  const others = changedKeys(before, after).filter((key) => !allowed.includes(key));
  if (others.length > 0) account.reasons.push(reason('catalog_changed', others.join(', ')));
  account.holder(account.before.trailer.get('Root'), account.after.trailer.get('Root'));
  account.newObjects(after.get('Extensions'));
  const [root, extensions] = [account.after.trailer.get('Root'), after.get('Extensions')];
  if (!isRef(root) || !isRef(extensions) || !sameValue(before.get('Extensions'), extensions)) return;
  if (account.holders.isHeldOnlyBy(extensions.num, root.num)) account.holder(extensions, extensions);
}

/** /AcroForm: /Fields gets the new fields at its end, /SigFlags is set, the rest stays (§12.7.3). */
export async function checkForm(account: StepAccount, signed: readonly SignatureField[]): Promise<void> {
  const catalogBefore = await account.before.catalog();
  const catalogAfter = await account.after.catalog();
  const before: PdfDict = (await account.before.dict(catalogBefore, 'AcroForm')) ?? new Map();
  const after: PdfDict = (await account.after.dict(catalogAfter, 'AcroForm')) ?? new Map();
  // Defaults may be added where there were none: they shape fields that are drawn later, not what has been drawn.
  const drawsLater = before.get('NeedAppearances') === true;
  const defaults = ['DR', 'DA'].filter((key) => !before.has(key) && !drawsLater);
  const grown = drawsLater || !(await onlyGrows(account, before, after)) ? [] : ['DR'];
  const allowed = ['Fields', 'SigFlags', ...defaults, ...grown];
  const flags = after.get('SigFlags');
  const soundFlags = flags === undefined || (isInteger(flags) && flags >= 0 && flags <= 3);
  if (!soundFlags || changedKeys(before, after).some((key) => !allowed.includes(key))) account.fault('form_changed');

  const extra = appended(await account.before.value(before, 'Fields'), await account.after.value(after, 'Fields'));
  const isSigned = (item: PdfObject) => isRef(item) && signed.some(({ ref }) => ref.num === item.num);
  if (!extra?.every(isSigned)) account.fault('form_changed');
  account.holder(catalogBefore.get('AcroForm'), catalogAfter.get('AcroForm'));
  account.holder(before.get('Fields'), after.get('Fields'));
  account.newObjects(after.get('DR'));
}

/**
 * Default resources get further names; what a name stood for stays. /XObject is left out of the comparison: no default
 * appearance string can draw one (§12.7.4.3).
 */
async function onlyGrows(account: StepAccount, before: PdfDict, after: PdfDict): Promise<boolean> {
  const was = await account.before.dict(before, 'DR');
  const is = await account.after.dict(after, 'DR');
  const place = after.get('DR');
  if (!was || !is || (isRef(place) && !account.changes.added.has(place.num))) return false;
  for (const key of changedKeys(was, is)) {
    if (key === 'XObject') continue;
    const [old, now] = [await account.before.value(was, key), await account.after.value(is, key)];
    if (!isDict(now) || !(old === null || isDict(old))) return false;
    if ([...(old ?? new Map())].some(([name, value]) => !sameValue(value, now.get(name)))) return false;
  }
  return true;
}

/** What the list `after` has beyond `before`; undefined when `before` is not its beginning. */
export function appended(before: PdfObject, after: PdfObject): PdfArray | undefined {
  const old = isArray(before) ? before : [];
  const now = isArray(after) ? after : [];
  return old.every((item, index) => sameValue(item, now[index])) ? now.slice(old.length) : undefined;
}

/**
 * /DSS only ever holds validation data (EN 319 142-1 §5.4.2). A later one may leave out what an earlier one had: no page
 * shows it, and a verdict never rests on what is gone.
 */
export async function checkValidationData(account: StepAccount): Promise<void> {
  const catalogBefore = await account.before.catalog();
  const catalogAfter = await account.after.catalog();
  const before = await account.before.value(catalogBefore, 'DSS');
  const after = await account.after.value(catalogAfter, 'DSS');
  if (after === null) return;
  const old: PdfDict = isDict(before) ? before : new Map();
  const vriBefore = await account.before.value(old, 'VRI');
  const vriAfter = isDict(after) ? await account.after.value(after, 'VRI') : null;
  if (sameValue(before, after) && sameValue(vriBefore, vriAfter)) return;
  const sound =
    isDict(after) &&
    holdsOnly(old, after, (key) => DSS_KEYS.has(key)) &&
    (await holdsLists(account, after)) &&
    (await soundVri(account, vriBefore, vriAfter));
  if (!sound) {
    account.fault('catalog_changed');
    return;
  }
  account.holder(catalogBefore.get('DSS'), catalogAfter.get('DSS'));
  account.holder(old.get('VRI'), after.get('VRI'));
  account.newObjects(after);
  account.newObjects(vriAfter);
  const keeps = keepsKeys(old, after) && keepsKeys(vriBefore, vriAfter);
  account.noted.push(noted(keeps ? 'validation_data' : 'validation_data_replaced'));
}

function holdsOnly(before: PdfDict, after: PdfDict, known: (key: string) => boolean): boolean {
  return [...before.keys(), ...after.keys()].every(known);
}

/** Certificates, OCSP answers and revocation lists are listed in arrays (ISO 32000-2 table 261). */
async function holdsLists({ after }: StepAccount, dss: PdfDict): Promise<boolean> {
  for (const key of ['Certs', 'OCSPs', 'CRLs']) {
    const value = await after.value(dss, key);
    if (value !== null && !isArray(value)) return false;
  }
  return true;
}

function keepsKeys(before: PdfObject, after: PdfObject): boolean {
  return !isDict(before) || (isDict(after) && [...before.keys()].every((key) => after.has(key)));
}

/** Entries are named by the hash of a signature; their values are dictionaries of validation data, never anything to show. */
async function soundVri(account: StepAccount, before: PdfObject, after: PdfObject): Promise<boolean> {
  if (after === null) return true;
  if (!isDict(after) || !(before === null || isDict(before))) return false;
  if (
    !holdsOnly(before ?? new Map(), after, (key) => key === 'Type' || /^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(key))
  )
    return false;
  for (const [key, entry] of after) {
    const value = await account.after.resolve(entry);
    const holdsData = isDict(value) && [...value.keys()].every((inner) => VRI_KEYS.has(inner));
    if (key !== 'Type' && !holdsData) return false;
  }
  return true;
}

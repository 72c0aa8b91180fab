import { isArray, isDict, isInteger, isRef, type PdfArray, type PdfDict, type PdfObject } from '../pdf/objects.ts';
import type { SignatureField } from '../pdf/signature-permissions.ts';
import { changedKeys, sameValue } from './object-equality.ts';
import { reason } from './reasons.ts';
import type { StepAccount } from './step-account.ts';

const CATALOG_KEYS = new Set(['AcroForm', 'DSS', 'Extensions', 'Version']);
const DSS_KEYS = new Set(['Type', 'VRI', 'Certs', 'OCSPs', 'CRLs']);
const VRI_KEYS = new Set(['Type', 'Cert', 'CRL', 'OCSP', 'TU', 'TS']);

/** The root, the information dictionary and the first half of /ID stay (ISO 32000-2 §7.5.5, §14.4). */
export function checkTrailer(account: StepAccount): void {
  const before = account.before.trailer;
  const after = account.after.trailer;
  const sameEntries =
    sameValue(before.get('Root'), after.get('Root')) && sameValue(before.get('Info'), after.get('Info'));
  const id = firstId(before);
  if (!sameEntries || (id !== undefined && !sameValue(id, firstId(after)))) account.fault('trailer_changed');
}

function firstId(trailer: PdfDict): PdfObject | undefined {
  const id = trailer.get('ID');
  return isArray(id) ? id[0] : undefined;
}

/** The catalog may get a form, validation data, and what announces them (§7.7.2, EN 319 142-1 §5.4). */
export async function checkCatalog(account: StepAccount): Promise<void> {
  const before = await account.before.catalog();
  const after = await account.after.catalog();
  const others = changedKeys(before, after).filter((key) => !CATALOG_KEYS.has(key));
  if (others.length > 0) account.reasons.push(reason('catalog_changed', others.join(', ')));
  account.holder(account.before.trailer.get('Root'), account.after.trailer.get('Root'));
  account.newObjects(after.get('Extensions'));
}

/** /AcroForm: /Fields gets the new fields at its end, /SigFlags is set, the rest stays (§12.7.3). */
export async function checkForm(account: StepAccount, signed: readonly SignatureField[]): Promise<void> {
  const catalogBefore = await account.before.catalog();
  const catalogAfter = await account.after.catalog();
  const before: PdfDict = (await account.before.dict(catalogBefore, 'AcroForm')) ?? new Map();
  const after: PdfDict = (await account.after.dict(catalogAfter, 'AcroForm')) ?? new Map();
  // Defaults may be added where there were none: they shape fields that are drawn later, not what has been drawn.
  const defaults = ['DR', 'DA'].filter((key) => !before.has(key) && before.get('NeedAppearances') !== true);
  const allowed = ['Fields', 'SigFlags', ...defaults];
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

/** What the list `after` has beyond `before`; undefined when `before` is not its beginning. */
export function appended(before: PdfObject, after: PdfObject): PdfArray | undefined {
  const old = isArray(before) ? before : [];
  const now = isArray(after) ? after : [];
  return old.every((item, index) => sameValue(item, now[index])) ? now.slice(old.length) : undefined;
}

/** /DSS only ever holds validation data, and what it held stays (EN 319 142-1 §5.4.2). True when it was changed. */
export async function checkValidationData(account: StepAccount): Promise<boolean> {
  const catalogBefore = await account.before.catalog();
  const catalogAfter = await account.after.catalog();
  const before = await account.before.value(catalogBefore, 'DSS');
  const after = await account.after.value(catalogAfter, 'DSS');
  if (after === null) return false;
  const old: PdfDict = isDict(before) ? before : new Map();
  const vriBefore = await account.before.value(old, 'VRI');
  const vriAfter = isDict(after) ? await account.after.value(after, 'VRI') : null;
  if (sameValue(before, after) && sameValue(vriBefore, vriAfter)) return false;
  const sound =
    isDict(after) &&
    keepsAndHolds(old, after, (key) => DSS_KEYS.has(key)) &&
    (await soundVri(account, vriBefore, vriAfter));
  if (!sound) {
    account.fault('catalog_changed');
    return true;
  }
  account.holder(catalogBefore.get('DSS'), catalogAfter.get('DSS'));
  account.holder(old.get('VRI'), after.get('VRI'));
  account.newObjects(after);
  account.newObjects(vriAfter);
  return true;
}

function keepsAndHolds(before: PdfDict, after: PdfDict, known: (key: string) => boolean): boolean {
  return [...before.keys()].every((key) => after.has(key)) && [...before.keys(), ...after.keys()].every(known);
}

/** Entries are named by the hash of a signature; their values are dictionaries of validation data, never anything to show. */
async function soundVri(account: StepAccount, before: PdfObject, after: PdfObject): Promise<boolean> {
  if (before === null && after === null) return true;
  if (!isDict(after) || !(before === null || isDict(before))) return false;
  if (!keepsAndHolds(before ?? new Map(), after, (key) => key === 'Type' || /^[0-9A-Fa-f]{40}$/.test(key)))
    return false;
  for (const [key, entry] of after) {
    const value = await account.after.resolve(entry);
    const holdsData = isDict(value) && [...value.keys()].every((inner) => VRI_KEYS.has(inner));
    if (key !== 'Type' && !holdsData) return false;
  }
  return true;
}

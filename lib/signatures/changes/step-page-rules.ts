import {
  isArray,
  isDict,
  isName,
  isRef,
  type PdfArray,
  type PdfDict,
  type PdfObject,
  type PdfRef,
  ref,
} from '../../pdf/objects.ts';
import { pages } from '../../pdf/page-tree.ts';
import type { SignatureField } from '../../pdf/signature-permissions.ts';
import { acceptAnnotation } from './annotation-rules.ts';
import { noted } from './noted-change.ts';
import { changedKeys } from './object-equality.ts';
import type { StepAccount } from './step-account.ts';
import { appended } from './step-catalog-rules.ts';

/** Where a changed list of annotations stands on its own, so many pages are looked through for the one that has it. */
const MOST_PAGES = 500;
/** More new annotations than these on one page are not looked at one by one. */
const MOST_ANNOTATIONS = 500;

/**
 * A page stays as it is but for /Annots, which may get widgets of what was signed in this revision and harmless
 * annotations at its end (§12.8.2.2). Whether a signature allows annotations at all is looked at in permissions.ts.
 *
 * @returns true when annotations were added
 */
export async function checkPages(account: StepAccount, signed: readonly SignatureField[]): Promise<boolean> {
  const widgets = new Set(signed.flatMap((field) => [field.ref, ...field.widgets]).map(({ num }) => num));
  let annotated = false;
  for (const page of await touchedPages(account, signed)) {
    const before = await account.before.get(page);
    const after = await account.after.get(page);
    if (!isDict(before) || !isDict(after)) continue;
    const extra = appended(await account.before.value(before, 'Annots'), await account.after.value(after, 'Annots'));
    const number = await account.pages.numberOf(page);
    if (!extra || changedKeys(before, after).some((key) => key !== 'Annots')) {
      account.fault('page_changed', page.num, number);
    }
    const others: PdfObject[] = [];
    for (const item of extra ?? []) if (!(await takesWidget(account, widgets, item, page))) others.push(item);
    if (others.length > 0) annotated = true;
    await checkAnnotations(account, page, others, after, number);
    account.holder(page, page);
    account.holder(before.get('Annots'), after.get('Annots'));
  }
  return annotated;
}

/** A widget stands on one page, once: on the one that it names. */
async function takesWidget(
  account: StepAccount,
  widgets: Set<number>,
  item: PdfObject,
  page: PdfRef,
): Promise<boolean> {
  if (!isRef(item) || !widgets.has(item.num)) return false;
  const widget = await account.after.get(item);
  const named = isDict(widget) ? widget.get('P') : undefined;
  return (!isRef(named) || named.num === page.num) && widgets.delete(item.num);
}

async function checkAnnotations(
  account: StepAccount,
  page: PdfRef,
  others: PdfArray,
  after: PdfDict,
  number: number | undefined,
): Promise<void> {
  const all = await account.after.value(after, 'Annots');
  const listed = new Set((isArray(all) ? all : []).flatMap((item) => (isRef(item) ? [item.num] : [])));
  if (others.length > MOST_ANNOTATIONS) account.fault('annotation_refused', page.num, number);
  for (const item of others.slice(0, MOST_ANNOTATIONS)) {
    const code = isRef(item) ? await acceptAnnotation(account, page, item, listed) : undefined;
    const object = isRef(item) ? item.num : page.num;
    if (code) account.noted.push(noted(code, { page: number, object }));
    else {
      account.fault('annotation_refused', object, number);
      account.newObjects(item);
    }
  }
}

/** Pages that were changed, that hold a changed list of annotations, or that a signed widget names. */
async function touchedPages(account: StepAccount, signed: readonly SignatureField[]): Promise<PdfRef[]> {
  const found = new Map<number, PdfRef>();
  const lists = new Set<number>();
  for (const [num, { before, after }] of account.changes.changed) {
    if (isDict(before) && isDict(after) && isName(before.get('Type'), 'Page'))
      found.set(num, await refOf(account, num));
    if (isArray(before) && isArray(after) && !account.isExplained(num)) lists.add(num);
  }
  for (const widget of signed.flatMap((field) => field.widgets)) {
    const dict = await account.after.get(widget);
    const page = isDict(dict) ? dict.get('P') : undefined;
    if (isRef(page)) found.set(page.num, page);
  }
  for (const page of found.values()) lists.delete(listOf(await account.before.get(page)) ?? 0);
  if (lists.size > 0) {
    for await (const { index, dict, ref: page } of pages(account.before)) {
      if (index >= MOST_PAGES) break;
      if (lists.has(listOf(dict) ?? 0)) found.set(page.num, page);
    }
  }
  return [...found.values()];
}

/** Number of the object that is the page's list of annotations. */
function listOf(page: PdfObject): number | undefined {
  const list = isDict(page) ? page.get('Annots') : undefined;
  return isRef(list) ? list.num : undefined;
}

async function refOf(account: StepAccount, num: number): Promise<PdfRef> {
  const entry = await account.after.xref.find(num);
  return ref(num, entry?.type === 'offset' ? entry.gen : 0);
}

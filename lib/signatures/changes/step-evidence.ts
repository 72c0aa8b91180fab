import type { PdfDocument } from '../../pdf/document.ts';
import { formFields } from '../../pdf/form-fields.ts';
import { isArray, isDict, isName, isRef, nameOf, type PdfObject, type PdfRef, ref } from '../../pdf/objects.ts';
import { overlap } from '../../pdf/page-geometry.ts';
import { type Box, boxOf, pages } from '../../pdf/page-tree.ts';
import { ProblemError } from '../../platform/errors.ts';
import { changedKeys, referencesIn, sameValue } from './object-equality.ts';
import { type Changes, numbersOf, type Step } from './revision-changes.ts';

/** What a revision that is not in order did to what people see; it tells which attack that would be. */
export interface StepEvidence {
  /** An object that a page shows was changed, removed, or came into being where a page already referred to it. */
  readonly shown: { readonly changed: boolean; readonly removed: boolean; readonly awakened: boolean };
  /** It wrote form fields again that lie upon each other. */
  readonly stackedFields: boolean;
  /** It changed a widget, or what a widget looks like, and not its value. */
  readonly replacedLook: boolean;
  /** It brought an annotation that is no widget; an empty signature field. */
  readonly addedAnnotation: boolean;
  readonly addedField: boolean;
}

const MOST_PAGES = 200;
const MOST_OBJECTS = 20_000;

/** @param changes undefined when the revision cannot be read: then all that it wrote counts as changed */
export async function evidenceOf(step: Step, changes?: Changes): Promise<StepEvidence> {
  const shown = await shownObjects(step.before);
  const found = { changed: false, removed: false, awakened: false };
  const written = new Set<number>();
  for (const num of numbersOf(step.section)) {
    const row = await quietly(() => step.after.xref.find(num));
    const old = await quietly(() => step.before.xref.find(num));
    const existed = old !== undefined && old.type !== 'free';
    if (row?.type === 'free') found.removed ||= existed && shown.has(num);
    else if (changes && !changes.changed.has(num) && !changes.added.has(num)) continue;
    else {
      written.add(num);
      if (existed) found.changed ||= shown.has(num) && changesPage(changes?.changed.get(num));
      else found.awakened ||= shown.has(num);
    }
  }
  const brought = [...(changes?.added.values() ?? [])].flatMap(({ value }) => (isDict(value) ? [value] : []));
  return {
    shown: found,
    ...(await lookAtWidgets(step, written)),
    addedAnnotation: brought.some((value) => value.has('Rect') && !isName(value.get('Subtype'), 'Widget')),
    addedField: brought.some((value) => isName(value.get('FT'), 'Sig') && !value.has('V') && value.has('AP')),
  };
}

/** Keys of a page that say nothing of what it shows; annotations are judged by themselves. */
const UNSHOWN_KEYS = ['Annots', 'StructParents', 'Tabs', 'Metadata', 'PieceInfo', 'LastModified'];

function changesPage(change: { readonly before: PdfObject; readonly after: PdfObject } | undefined): boolean {
  if (!change || !isDict(change.before) || !isDict(change.after)) return true;
  if (!isName(change.before.get('Type'), 'Page')) return true;
  return changedKeys(change.before, change.after).some((key) => !UNSHOWN_KEYS.includes(key));
}

/** Numbers of the nodes of the page tree, the pages, and all that these lead to: a beginning of it in a large file. */
async function shownObjects(document: PdfDocument): Promise<Set<number>> {
  const shown = new Set<number>();
  await quietly(async () => {
    let count = 0;
    for await (const page of pages(document)) {
      const pending = [page.ref.num];
      for (let num = pending.pop(); num !== undefined && shown.size < MOST_OBJECTS; num = pending.pop()) {
        if (shown.has(num)) continue;
        shown.add(num);
        const value = await quietly(() => objectOf(document, num));
        if (value !== undefined) pending.push(...shownFrom(value));
      }
      count += 1;
      if (count >= MOST_PAGES || shown.size >= MOST_OBJECTS) return;
    }
  });
  return shown;
}

/** Numbers of what an object shows. Of a node of the tree only the way up is taken: its other pages come by themselves. */
function* shownFrom(value: PdfObject): Generator<number> {
  const type = isDict(value) ? nameOf(value.get('Type')) : undefined;
  if (!isDict(value) || (type !== 'Pages' && type !== 'Page')) return yield* referencesIn(value);
  for (const [key, entry] of value) {
    const leadsOn = type === 'Pages' ? key === 'Parent' : key === 'Annots' || !UNSHOWN_KEYS.includes(key);
    if (leadsOn) yield* referencesIn(entry);
  }
}

async function objectOf(document: PdfDocument, num: number) {
  const entry = await document.xref.find(num);
  return document.get(ref(num, entry?.type === 'offset' ? entry.gen : 0));
}

/** What became of the widgets that stand on pages or in the form: of those that lie upon each other (§12.5.2), and of their looks. */
async function lookAtWidgets(
  { before, after }: Step,
  written: ReadonlySet<number>,
): Promise<Pick<StepEvidence, 'stackedFields' | 'replacedLook'>> {
  const boxes: Box[] = [];
  let replacedLook = false;
  for (const widget of await widgetsOf(before)) {
    await quietly(async () => {
      const dict = await before.get(widget);
      if (!isDict(dict)) return;
      const looks = await before.dict(dict, 'AP');
      const touched = [widget.num, ...referencesIn(dict.get('AP') ?? null), ...referencesIn(looks ?? null)];
      if (!touched.some((num) => written.has(num))) return;
      const box = await boxOf(before, dict.get('Rect'));
      if (box && written.has(widget.num) && boxes.length < 500) boxes.push(box);
      const now = await after.get(widget);
      if (isDict(now) && sameValue(dict.get('V'), now.get('V')) && dict.has('AP')) replacedLook = true;
    });
  }
  const stackedFields = boxes.some((box, index) => boxes.slice(index + 1).some((other) => liesUpon(box, other)));
  return { stackedFields, replacedLook };
}

async function widgetsOf(document: PdfDocument): Promise<PdfRef[]> {
  const found = new Map<number, PdfRef>();
  await quietly(async () => {
    for (const { widgets } of await formFields(document)) for (const one of widgets) found.set(one.num, one);
  });
  await quietly(async () => {
    for await (const page of pages(document)) {
      if (page.index >= MOST_PAGES) return;
      const listed = await document.value(page.dict, 'Annots');
      for (const item of isArray(listed) ? listed : []) {
        const dict = isRef(item) ? await document.get(item) : null;
        if (isRef(item) && isDict(dict) && isName(dict.get('Subtype'), 'Widget')) found.set(item.num, item);
      }
    }
  });
  return [...found.values()].slice(0, MOST_OBJECTS);
}

/** Two boxes share at least half of the smaller one. */
export function liesUpon(a: Box, b: Box): boolean {
  if (!overlap(a, b)) return false;
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width * height * 2 >= Math.min(a.width * a.height, b.width * b.height);
}

/** Evidence is looked for in files that may be broken: what cannot be read is none. */
async function quietly<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

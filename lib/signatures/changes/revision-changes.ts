import type { PdfDocument } from '../../pdf/document.ts';
import { isName, isStream, type PdfObject, type PdfRef, ref } from '../../pdf/objects.ts';
import { findInSection, type XrefEntry, type XrefSection } from '../../pdf/xref.ts';
import { type Reason, reason } from '../validation/reasons.ts';
import { sameObject } from './object-equality.ts';

/** One appended revision: the file before it, the file with it, and its cross-reference section. */
export interface Step {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  readonly section: XrefSection;
}

/** What a revision did to the objects of the file; objects that were written again unchanged are left out. */
export interface Changes {
  /** Objects that existed and are different now, by number. */
  readonly changed: ReadonlyMap<number, { readonly before: PdfObject; readonly after: PdfObject }>;
  /** Objects that did not exist. */
  readonly added: ReadonlyMap<number, { readonly ref: PdfRef; readonly value: PdfObject }>;
  readonly reasons: readonly Reason[];
}

/** Compares a revision with the file before it, object by object. @throws ProblemError `pdf_broken`, `pdf_limits` */
export async function readChanges(step: Step): Promise<Changes> {
  const changed = new Map<number, { before: PdfObject; after: PdfObject }>();
  const added = new Map<number, { ref: PdfRef; value: PdfObject }>();
  const reasons: Reason[] = [];
  for (const num of numbersOf(step.section)) {
    const entry = await findInSection(step.section, num);
    const old = await step.before.xref.find(num);
    const existed = old !== undefined && old.type !== 'free';
    if (entry === undefined) continue;
    if (entry.type === 'free') {
      if (existed) reasons.push(reason('object_removed', `object ${num}`));
      continue;
    }
    const at = ref(num, generation(entry));
    const value = await step.after.get(at);
    if (existed) {
      const before = await step.before.get(ref(num, generation(old)));
      const same = generation(old) === at.gen && (await sameObject(step.before, before, step.after, value));
      if (!same) changed.set(num, { before, after: value });
    } else if (!isContainer(value)) {
      added.set(num, { ref: at, value });
    }
    const pointsBack = entry.type === 'offset' && entry.offset < step.before.source.length;
    if (pointsBack && (!existed || changed.has(num))) reasons.push(reason('history_rewritten', `object ${num}`));
  }
  return { changed, added, reasons };
}

/** Numbers of all objects that a section speaks of. */
export function* numbersOf(section: XrefSection): Generator<number> {
  const seen = new Set<number>();
  for (const { first, count } of [...section.ranges, ...(section.hybrid?.ranges ?? [])]) {
    for (let num = Math.max(first, 1); num < first + count; num += 1) {
      if (!seen.has(num)) yield num;
      seen.add(num);
    }
  }
}

function generation(entry: Exclude<XrefEntry, { type: 'free' }>): number {
  return entry.type === 'offset' ? entry.gen : 0;
}

/** Object streams and cross-reference streams hold objects, they are none that a page could show. */
function isContainer(value: PdfObject): boolean {
  return isStream(value) && (isName(value.dict.get('Type'), 'ObjStm') || isName(value.dict.get('Type'), 'XRef'));
}

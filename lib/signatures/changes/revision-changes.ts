import type { PdfDocument } from '../../pdf/document.ts';
import { isName, isStream, type PdfObject, type PdfRef, ref } from '../../pdf/objects.ts';
import { broken } from '../../pdf/problems.ts';
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
  await checkUnambiguous(step);
  const streams = new Set<number>();
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
    if (entry.type === 'compressed') streams.add(entry.stream);
    else if (isObjectStream(value)) streams.add(num);
    if (existed) {
      const before = await step.before.get(ref(num, generation(old)));
      const same = generation(old) === at.gen && (await sameObject(step.before, before, step.after, value));
      if (!same) changed.set(num, { before, after: value });
    } else if (!isContainer(value)) {
      added.set(num, { ref: at, value });
    }
    if ((await pointsBack(step, entry)) && (!existed || changed.has(num)))
      reasons.push(reason('history_rewritten', `object ${num}`));
  }
  await checkObjectStreams(step, streams);
  return { changed, added, reasons };
}

/** Does the object stand, or the object stream that holds it, in what was there before? */
async function pointsBack({ before, after }: Step, entry: Exclude<XrefEntry, { type: 'free' }>): Promise<boolean> {
  const place = entry.type === 'offset' ? entry : await after.xref.find(entry.stream);
  return place?.type === 'offset' && place.offset < before.source.length;
}

/**
 * Every object that a revision speaks of has one place in it. Where it has two, readers differ in which they take, and what was judged here
 * would not be what is shown there. @throws ProblemError `pdf_broken`
 */
async function checkUnambiguous({ section }: Step): Promise<void> {
  for (const { ranges } of [section, ...(section.hybrid ? [section.hybrid] : [])]) {
    const ordered = ranges.filter(({ count }) => count > 0).toSorted((a, b) => a.first - b.first);
    const overlaps = ordered.some(({ first }, index) => {
      const previous = ordered[index - 1];
      return previous !== undefined && previous.first + previous.count > first;
    });
    if (overlaps) throw broken('a revision gives an object two places');
  }
  if (!section.hybrid) return;
  for (const num of numbersOf(section)) {
    const entry = await findInSection(section, num);
    const hidden = await section.hybrid.find(num);
    const isTwofold = entry && hidden && hidden.type !== 'free' && !samePlace(entry, hidden);
    if (isTwofold) throw broken('a revision gives an object two places');
  }
}

/** What an object stream of the revision holds is what the revision says that it holds. @throws ProblemError `pdf_broken` */
async function checkObjectStreams({ after, section }: Step, streams: ReadonlySet<number>): Promise<void> {
  for (const stream of streams) {
    // One of an earlier revision holds objects that were replaced since.
    if (!(await findInSection(section, stream))) continue;
    for (const [index, num] of (await after.numbersInStream(stream)).entries()) {
      const entry = await findInSection(section, num);
      if (!entry || !samePlace(entry, { type: 'compressed', stream, index }))
        throw broken('an object stream holds an object that stands elsewhere');
    }
  }
}

function samePlace(a: XrefEntry, b: XrefEntry): boolean {
  if (a.type === 'offset') return b.type === 'offset' && a.offset === b.offset && a.gen === b.gen;
  return a.type === 'compressed' && b.type === 'compressed' && a.stream === b.stream && a.index === b.index;
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
  return isObjectStream(value) || (isStream(value) && isName(value.dict.get('Type'), 'XRef'));
}

function isObjectStream(value: PdfObject): boolean {
  return isStream(value) && isName(value.dict.get('Type'), 'ObjStm');
}

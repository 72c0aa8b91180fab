import type { ByteSource } from '../../pdf/byte-source.ts';
import type { PdfDocument } from '../../pdf/document.ts';
import { WHITESPACE } from '../../pdf/lexer.ts';
import { ref } from '../../pdf/objects.ts';
import type { XrefSection } from '../../pdf/xref.ts';
import { ProblemError } from '../../platform/errors.ts';
import { openRevision } from '../byte-range.ts';
import { type Reason, reason } from '../validation/reasons.ts';
import { DanglingReferences } from './dangling-references.ts';
import { KnownForms, MOST_LOOKS } from './known-forms.ts';
import { ObjectHolders } from './object-holders.ts';
import { type Changes, numbersOf, readChanges, type Step } from './revision-changes.ts';
import { judgeStep, type KnownReferences, type StepFindings, unreadableStep } from './revision-rules.ts';
import { evidenceOf, type StepEvidence } from './step-evidence.ts';

/** A revision after the first signed one. */
export interface LaterStep extends StepFindings {
  /** Offset of its cross-reference section: later than the end of every signature that it comes after. */
  readonly offset: number;
  readonly end: number;
  /** Looked for when there are reasons. */
  readonly evidence?: StepEvidence;
}

export interface History {
  readonly steps: readonly LaterStep[];
  /** What is wrong with the sequence itself. */
  readonly reasons: readonly Reason[];
}

/** Each revision is opened on its own: more than this would let a small file take long. */
const MAX_REVISIONS = 128;

/**
 * Judges every revision after `first` (a revision that ends at `first.source.length`) up to the whole file.
 * @param looks fields and pages that are looked at in all
 */
export async function readHistory(first: PdfDocument, whole: PdfDocument, looks = MOST_LOOKS): Promise<History> {
  const later = laterSections(first, whole);
  if (!later) return { steps: [], reasons: [reason('history_rewritten')] };
  if (later.length > MAX_REVISIONS) return { steps: [], reasons: [reason('too_many_revisions')] };
  if (later.length === 0) {
    const stray = await hasStrayBytes(whole.source, first.source.length);
    return { steps: [], reasons: stray ? [reason('bytes_after_revision')] : [] };
  }
  const holders = new ObjectHolders(new Set(later.flatMap((section) => [...numbersOf(section)])));
  const known: Known = {
    dangling: new DanglingReferences(holders.note),
    holders,
    forms: new KnownForms(looks),
    complete: false,
    scans: 0,
    evidence: 0,
  };
  const steps: LaterStep[] = [];
  let before = first;
  for (const [index, section] of later.entries()) {
    const next = later[index + 1];
    const end = await endOfRevision(whole.source, section.offset, next?.offset ?? whole.source.length);
    const after = next ? end && (await openRevision(whole.source, end)) : whole;
    if (!after || !end || after.startxref !== section.offset)
      return { steps, reasons: [reason('revision_unreadable', `offset ${section.offset}`)] };
    const findings = await judge({ before, after, section }, known);
    if (known.forms.isSpent) return { steps, reasons: [reason('too_many_revisions')] };
    steps.push({ ...findings, offset: section.offset, end });
    before = after;
  }
  const stray = await hasStrayBytes(whole.source, steps.at(-1)?.end ?? 0);
  return { steps, reasons: stray ? [reason('bytes_after_revision')] : [] };
}

/** Sections that were appended after `first`, oldest first; undefined when they do not simply follow its own. */
function laterSections(first: PdfDocument, whole: PdfDocument): XrefSection[] | undefined {
  const count = whole.xref.sections.length - first.xref.sections.length;
  const kept = whole.xref.sections.slice(Math.max(count, 0));
  const same = count >= 0 && kept.every((section, index) => section.offset === first.xref.sections[index]?.offset);
  const later = whole.xref.sections.slice(0, Math.max(count, 0)).reverse();
  const ascending = later.every(
    (section, index) => section.offset >= (later[index - 1]?.offset ?? first.source.length),
  );
  return same && ascending ? later : undefined;
}

interface Known extends KnownReferences {
  /** Every object of the file before the step has been looked through. */
  complete: boolean;
  scans: number;
  /** Revisions in which evidence was looked for. */
  evidence: number;
}

/** After a revision that cannot be read the whole file is looked through again, so many times. */
const MOST_SCANS = 4;
/** An attack is named after so many revisions that are not in order; after that they are refused without a name. */
const MOST_EVIDENCE = 8;

async function judge(step: Step, known: Known): Promise<StepFindings & Pick<LaterStep, 'evidence'>> {
  const read: { changes?: Changes } = {};
  const findings = await judgeReadable(step, known, read);
  if (findings.reasons.length === 0 || known.evidence >= MOST_EVIDENCE) return findings;
  known.evidence += 1;
  return { ...findings, evidence: await evidenceOf(step, read.changes) };
}

async function judgeReadable(step: Step, known: Known, read: { changes?: Changes }): Promise<StepFindings> {
  try {
    if (!known.complete) await scan(step.before, known);
    known.complete = false;
    const findings = await judgeStep(step, known);
    const changes = await readChanges(step);
    for (const num of [...changes.changed.keys(), ...changes.added.keys()]) {
      const entry = await step.after.xref.find(num);
      await known.dangling.addObject(step.after, ref(num, entry?.type === 'offset' ? entry.gen : 0));
    }
    known.complete = true;
    read.changes = changes;
    return findings;
  } catch (error) {
    if (error instanceof ProblemError) return unreadableStep(error.detail ?? error.code);
    throw error;
  }
}

async function scan(document: PdfDocument, known: Known): Promise<void> {
  known.scans += 1;
  if (known.scans > MOST_SCANS) throw new ProblemError('pdf_limits', { detail: 'too many revisions cannot be read' });
  await known.dangling.addDocument(document);
}

/** Where the revision ends whose cross-reference section begins at `start`; the next section begins at `limit`. */
async function endOfRevision(source: ByteSource, start: number, limit: number): Promise<number | undefined> {
  const window = 64 * 1024;
  const overlap = 256;
  for (let offset = start; offset < limit; offset += window - overlap) {
    const text = Buffer.from(await source.read(offset, Math.min(window, limit - offset))).toString('latin1');
    for (const match of text.matchAll(
      /startxref[ \t]*(?:\r\n|\r|\n)[ \t]*(\d{1,15})[ \t]*[\r\n]+%%EOF(?:\r\n|\r|\n|$)/g,
    )) {
      if (Number(match[1]) === start) return offset + match.index + match[0].length;
    }
  }
  return undefined;
}

async function hasStrayBytes(source: ByteSource, from: number): Promise<boolean> {
  const length = source.length - from;
  if (length > 1024) return true;
  return (await source.read(from, length)).some((byte) => WHITESPACE[byte] !== 1);
}

import { attackInRevision } from '../validation/attacks.ts';
import type { Reason } from '../validation/reasons.ts';
import type { LaterRevision } from '../validation/verdict.ts';
import { type ChangeKind, type NotedChange, noted } from './noted-change.ts';
import type { LaterStep } from './revision-history.ts';

/** The weightiest first: a revision that also did something else is not called proofs only. */
const BY_WEIGHT: readonly Exclude<ChangeKind, 'more'>[] = [
  'signature',
  'form_value',
  'annotation',
  'document_timestamp',
  'validation_data',
  'metadata',
];

/** A revision as the verdict on one signature shows it. @param forbidden what this signature has against it */
export function describeStep(step: LaterStep, forbidden: readonly Reason[], isCertified: boolean): LaterRevision {
  const { end, signed } = step;
  const reasons = [...step.reasons, ...forbidden];
  return {
    end,
    added: BY_WEIGHT.find((kind) => step.noted.some((change) => change.kind === kind)) ?? 'other',
    fields: signed.map(({ name }) => name),
    changes: listed(step.noted),
    reasons,
    ...attackInRevision(step, reasons, isCertified),
  };
}

/** A verdict is stored and shown: it does not list what nobody would read. */
const MOST_LISTED = 100;

function listed(changes: readonly NotedChange[]): readonly NotedChange[] {
  return changes.length <= MOST_LISTED ? changes : [...changes.slice(0, MOST_LISTED), noted('more')];
}

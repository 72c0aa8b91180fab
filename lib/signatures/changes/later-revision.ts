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

/** The revisions after a signature as the verdict on it shows them. @param forbidden what this signature has against each */
export function describeSteps(
  steps: readonly LaterStep[],
  forbidden: readonly (readonly Reason[])[],
  isCertified: boolean,
): LaterRevision[] {
  let room = MOST_IN_ALL;
  return steps.map((step, index) => {
    const described = describeStep(step, forbidden[index] ?? [], isCertified, Math.min(room, MOST_LISTED));
    room -= Math.min(room, step.noted.length, MOST_LISTED);
    return described;
  });
}

function describeStep(
  step: LaterStep,
  forbidden: readonly Reason[],
  isCertified: boolean,
  most: number,
): LaterRevision {
  const { end, signed } = step;
  const reasons = [...step.reasons, ...forbidden];
  return {
    end,
    added: BY_WEIGHT.find((kind) => step.noted.some((change) => change.kind === kind)) ?? 'other',
    fields: signed.map(({ name }) => name),
    changes: listed(step.noted, most),
    reasons,
    ...attackInRevision(step, reasons, isCertified),
  };
}

/** A verdict is stored and shown: it does not list what nobody would read, of one revision and of all of them. */
const MOST_LISTED = 100;
const MOST_IN_ALL = 500;

function listed(changes: readonly NotedChange[], most: number): readonly NotedChange[] {
  return changes.length <= most ? changes : [...changes.slice(0, most), noted('more')];
}

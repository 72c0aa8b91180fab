import { attackInRevision } from './attacks.ts';
import type { ChangeKind } from './noted-change.ts';
import type { Reason } from './reasons.ts';
import type { LaterStep } from './revision-history.ts';
import type { LaterRevision } from './verdict.ts';

/** The weightiest first: a revision that also did something else is not called proofs only. */
const BY_WEIGHT: readonly ChangeKind[] = [
  'signature',
  'form_value',
  'annotation',
  'document_timestamp',
  'validation_data',
  'metadata',
];

/** A revision as the verdict on one signature shows it. @param forbidden what this signature has against it */
export function describeStep(step: LaterStep, forbidden: readonly Reason[], isCertified: boolean): LaterRevision {
  const { end, signed, noted } = step;
  const reasons = [...step.reasons, ...forbidden];
  return {
    end,
    added: BY_WEIGHT.find((kind) => noted.some((change) => change.kind === kind)) ?? 'other',
    fields: signed.map(({ name }) => name),
    changes: noted,
    reasons,
    ...attackInRevision(step, reasons, isCertified),
  };
}

import type { PersonId, UnitCode } from '../access/actor.ts';
import { personRef, systemRef, unitRef } from '../cases/actors.ts';
import { nextSeq } from '../cases/case-change.ts';
import { pending } from '../jobs/job.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import { type Dispatch, type DispatchChange, inState } from './dispatch.ts';
import type { Incoming, IncomingChange } from './incoming.ts';
import type { Replacement } from './standing.ts';

/**
 * The dispatch that is to replace this one has its number; from now on no other can.
 * @throws ProblemError `invalid_state`
 */
export function replacementNumbered(
  dispatch: Dispatch,
  by: { readonly code: CaseCode; readonly number: string; readonly unit: UnitCode; readonly personId: PersonId },
  at: EpochMs,
): DispatchChange {
  const from = inState(dispatch, 'issued');
  if (from.replacement) {
    throw new ProblemError('invalid_state', { field: 'replaces', detail: 'Another dispatch replaces it.' });
  }
  const { code, number } = by;
  return {
    next: { ...from, replacement: { code, number } },
    event: {
      type: 'dispatch.replacement-numbered',
      at,
      actor: personRef(by, by.unit),
      data: { code: from.code, number: from.number.text, replacement: number, by: code },
    },
  };
}

/** The dispatch that replaces this one is issued, by `unit`: whoever has this one is told. */
export function replaced(
  dispatch: Dispatch,
  replacement: Required<Replacement>,
  unit: UnitCode,
  at: EpochMs,
): DispatchChange {
  const from = inState(dispatch, 'issued');
  const recipients = from.deliveries
    .filter(({ status }) => status === 'arrived' || status === 'registered')
    .map((item) => item.unit);
  const seq = nextSeq(from);
  return {
    next: {
      ...from,
      replacement,
      pending: [...from.pending, ...recipients.map((recipient) => pending('tell-replaced', seq, at, recipient))],
    },
    event: {
      type: 'dispatch.replaced',
      at,
      actor: unitRef(unit),
      data: {
        code: from.code,
        number: from.number.text,
        replacement: replacement.number,
        by: replacement.code,
        recipients,
      },
    },
  };
}

/** The receiver's document, replaced; `undefined` when it says so already. */
export function incomingReplaced(
  incoming: Incoming,
  replacement: Replacement,
  at: EpochMs,
): IncomingChange | undefined {
  if (incoming.replacement) return undefined;
  const { code, unit, sender, reference } = incoming;
  return {
    next: { ...incoming, replacement },
    event: {
      type: 'incoming.replaced',
      at,
      actor: systemRef('delivery-worker'),
      data: { code, unit, sender, number: reference, replacement: replacement.number, by: replacement.code },
    },
  };
}

/** The recipient knows. */
export function replacementTold(dispatch: Dispatch, unit: UnitCode, at: EpochMs): DispatchChange {
  const from = inState(dispatch, 'issued');
  return {
    next: {
      ...from,
      pending: from.pending.filter((work) => work.job !== 'tell-replaced' || work.recipient !== unit),
    },
    event: {
      type: 'dispatch.replacement-told',
      at,
      actor: systemRef('delivery-worker'),
      data: { code: from.code, unit },
    },
  };
}

import type { Actor, UnitCode } from '../access/actor.ts';
import { personRef, systemRef } from '../cases/actors.ts';
import { nextSeq } from '../cases/case-change.ts';
import { pending } from '../jobs/job.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { sha256Hex } from '../platform/hash.ts';
import { type Delivery, type Dispatch, type DispatchChange, deliveryTo, inState } from './dispatch.ts';
import type { Incoming, IncomingChange } from './incoming.ts';
import type { Recall } from './standing.ts';

/**
 * The sender takes an issued dispatch back: whoever has it is asked to cancel it (13), and it goes out to nobody any more.
 * @throws ProblemError `invalid_state`
 */
export function recalled(dispatch: Dispatch, { at, by, unit, reason }: Recall): DispatchChange {
  const from = inState(dispatch, 'issued');
  if (from.recall) throw new ProblemError('invalid_state', { detail: 'The dispatch is recalled already.' });
  const seq = nextSeq(from);
  const deliveries = from.deliveries.map((item) => takenBack(item, at));
  const recipients = deliveries.filter((item) => item.recall).map((item) => item.unit);
  return {
    next: {
      ...from,
      recall: { at, by, unit, reason },
      deliveries,
      pending: [
        ...from.pending.filter((work) => work.job !== 'deliver'),
        ...recipients.map((recipient) => pending('ask-recall', seq, at, recipient)),
      ],
    },
    event: {
      type: 'dispatch.recalled',
      at,
      actor: personRef({ personId: by }, unit),
      data: { code: from.code, number: from.number.text, reason: sha256Hex(reason), recipients },
    },
  };
}

/** Whoever has returned it has it no more, and is asked for nothing. */
function takenBack(delivery: Delivery, at: EpochMs): Delivery {
  if (delivery.status === 'sending') return { ...delivery, status: 'withdrawn', at };
  if (delivery.status === 'arrived' || delivery.status === 'registered') {
    return { ...delivery, recall: { status: 'asked', at } };
  }
  return delivery;
}

/** The receiver's clerks are asked to cancel their copy; nothing to do where it was returned meanwhile. */
export function recallAsked(incoming: Incoming, reason: string, at: EpochMs): IncomingChange | undefined {
  if (incoming.recall || incoming.state === 'returned') return undefined;
  return {
    next: { ...incoming, recall: { status: 'asked', reason, askedAt: at } },
    event: { type: 'incoming.recall-asked', at, actor: systemRef('delivery-worker'), data: facts(incoming) },
  };
}

/** The receiver has the question, or has returned the document and needs none. */
export function recallConveyed(
  dispatch: Dispatch,
  unit: UnitCode,
  incoming: Pick<Incoming, 'state'>,
  at: EpochMs,
): DispatchChange {
  const from = inState(dispatch, 'issued');
  const present = deliveryTo(from, unit);
  const { recall: _, ...unasked } = present;
  const delivery = incoming.state === 'returned' ? unasked : present;
  return {
    next: {
      ...from,
      deliveries: from.deliveries.map((item) => (item === present ? delivery : item)),
      pending: from.pending.filter((work) => work.job !== 'ask-recall' || work.recipient !== unit),
    },
    event: {
      type: 'dispatch.recall-conveyed',
      at,
      actor: systemRef('delivery-worker'),
      data: { code: from.code, unit, state: incoming.state },
    },
  };
}

/** The receiver agrees (15) and cancels its electronic copy. @throws ProblemError `invalid_state` */
export function recallAgreed(incoming: Incoming, by: Pick<Actor, 'personId'>, at: EpochMs): IncomingChange {
  const { from, recall } = asked(incoming);
  const next = {
    ...from,
    state: 'cancelled',
    recall: { ...recall, status: 'agreed', answeredAt: at },
    cancelledAt: at,
    pending: [...from.pending, pending('report-recall', nextSeq(from), at)],
  } as const;
  return {
    next: { ...next, pending: [...next.pending] },
    event: { type: 'incoming.recall-agreed', at, actor: personRef(by, from.unit), data: facts(from) },
  };
}

/** The receiver keeps its copy (16), and says why. @throws ProblemError `invalid_state` */
export function recallRefused(
  incoming: Incoming,
  by: Pick<Actor, 'personId'>,
  reason: string,
  at: EpochMs,
): IncomingChange {
  const { from, recall } = asked(incoming);
  return {
    next: {
      ...from,
      recall: { ...recall, status: 'refused', answeredAt: at, refusal: reason },
      pending: [...from.pending, pending('report-recall', nextSeq(from), at)],
    },
    event: {
      type: 'incoming.recall-refused',
      at,
      actor: personRef(by, from.unit),
      data: { ...facts(from), reason: sha256Hex(reason) },
    },
  };
}

/** The receiver's answer, as it stands at the sender; `undefined` when it stands there already. */
export function recallAnswered(
  dispatch: Dispatch,
  unit: UnitCode,
  answer: { readonly status: 'agreed' | 'refused'; readonly reason?: string | undefined },
  at: EpochMs,
): DispatchChange | undefined {
  const from = inState(dispatch, 'issued');
  const present = deliveryTo(from, unit);
  if (present.recall?.status !== 'asked' || !from.recall) return undefined;
  const { status, reason } = answer;
  const recall = { status, at, ...(reason === undefined ? {} : { reason }) };
  return {
    next: { ...from, deliveries: from.deliveries.map((item) => (item === present ? { ...item, recall } : item)) },
    event: {
      type: `dispatch.recall-${status}`,
      at,
      actor: systemRef('delivery-worker'),
      data: { code: from.code, sender: from.recall.unit, unit, document: from.number.text },
    },
  };
}

/** The sender has been told the answer. */
export function recallReported(incoming: Incoming, at: EpochMs): IncomingChange {
  return {
    next: { ...incoming, pending: incoming.pending.filter((work) => work.job !== 'report-recall') },
    event: {
      type: 'incoming.recall-reported',
      at,
      actor: systemRef('delivery-worker'),
      data: { code: incoming.code, dispatch: incoming.dispatch },
    },
  };
}

function asked(incoming: Incoming) {
  const { state, recall } = incoming;
  if (recall?.status !== 'asked' || state === 'returned' || state === 'cancelled') {
    throw new ProblemError('invalid_state', { detail: 'Nobody asks for the document back.' });
  }
  return { from: incoming, recall };
}

function facts({ code, unit, sender, dispatch, reference }: Incoming) {
  return { code, unit, sender, dispatch, number: reference };
}

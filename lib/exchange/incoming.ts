import * as z from 'zod';
import type { Actor } from '../access/actor.ts';
import type { Subject } from '../access/policy.ts';
import { personRef, systemRef } from '../cases/actors.ts';
import { type Change, nextSeq } from '../cases/case-change.ts';
import { unitCode } from '../directory/unit.ts';
import { logHead } from '../evidence/case-event.ts';
import { pending, pendingWork } from '../jobs/job.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { sha256Hex } from '../platform/hash.ts';
import { type CaseCode, type Id, newCaseCode } from '../platform/ids.ts';
import { arrivalVerdict } from './arrival-verdict.ts';
import { recallAtReceiver, replacedDispatch, replacement } from './standing.ts';
import { urgency } from './urgency.ts';

const code = z.string() as unknown as z.ZodType<CaseCode>;
const instant = z.number().int();

const base = z.object({
  code,
  /** The receiver. */
  unit: unitCode,
  /** The sender, and its case. */
  sender: unitCode,
  senderName: z.string(),
  dispatch: code,
  documentId: z.string() as unknown as z.ZodType<Id>,
  /** Number and symbol given by the sender. */
  reference: z.string(),
  type: z.string(),
  subject: z.string(),
  urgency,
  verdict: arrivalVerdict,
  arrivedAt: instant,
  registerBy: instant,
  recall: recallAtReceiver.optional(),
  /** Which of the sender's documents it replaces, and which one replaces it. */
  replaces: replacedDispatch.optional(),
  replacement: replacement.optional(),
  pending: z.array(pendingWork),
  log: logHead,
});
const state = <S extends string, T extends z.ZodRawShape>(name: S, shape: z.ZodObject<T>) =>
  shape.extend({ state: z.literal(name) });

const entered = { number: z.number().int(), numberText: z.string(), registeredAt: instant };

/** A dispatch as its receiver has it. */
export const incomingRecord = z.discriminatedUnion('state', [
  state('arrived', base),
  state('registered', base.extend(entered)),
  state('returned', base.extend({ reason: z.string(), returnedAt: instant })),
  // Recalled, and its electronic copy cancelled; a line that it has in the register stays.
  state('cancelled', base.extend({ ...z.object(entered).partial().shape, cancelledAt: instant })),
]);
export type Incoming = z.infer<typeof incomingRecord>;
type IncomingState = Incoming['state'];
export type IncomingIn<S extends IncomingState> = Extract<Incoming, { state: S }>;
export type IncomingChange = Change<Incoming>;

export const INCOMING_STATES = incomingRecord.options.map((option) => option.shape.state.value);

/**
 * The code of a dispatch at one recipient. It follows from both, so that a delivery that is repeated makes no second one;
 * `salt` rises in the unlikely case that the code is taken.
 */
export function incomingCode(dispatch: CaseCode, unit: string, salt: number): CaseCode {
  const digest = Buffer.from(sha256Hex(`${dispatch}\n${unit}\n${salt}`), 'hex');
  return newCaseCode('VD', (length) => digest.subarray(0, length));
}

export function accessSubject(incoming: Incoming): Subject {
  return { unit: incoming.unit };
}

function inState(incoming: Incoming): IncomingIn<'arrived'> {
  if (incoming.state !== 'arrived') {
    throw new ProblemError('invalid_state', { detail: `The document is ${incoming.state}.` });
  }
  if (incoming.recall?.status === 'asked') {
    throw new ProblemError('invalid_state', { detail: 'Its sender asks for it back: that is to be answered first.' });
  }
  return incoming;
}

/** The first event of a case: `incoming` is new, its log empty. */
export function arrived(incoming: IncomingIn<'arrived'>): IncomingChange {
  return {
    next: incoming,
    event: {
      type: 'incoming.arrived',
      at: incoming.arrivedAt,
      actor: systemRef('delivery-worker'),
      data: {
        code: incoming.code,
        unit: incoming.unit,
        sender: incoming.sender,
        dispatch: incoming.dispatch,
        number: incoming.reference,
        documentId: incoming.documentId,
        sha256: incoming.verdict.sha256,
        passed: incoming.verdict.passed,
      },
    },
  };
}

/**
 * Registered under the next incoming number. What did not pass the check is not registered; it is returned (art. 21).
 * @throws ProblemError `invalid_state`, `signature_not_valid`
 */
export function registered(
  incoming: Incoming,
  by: Pick<Actor, 'personId'>,
  number: { readonly number: number; readonly text: string },
  at: EpochMs,
): IncomingChange {
  const from = registrable(incoming);
  return {
    next: {
      ...from,
      state: 'registered',
      number: number.number,
      numberText: number.text,
      registeredAt: at,
      pending: [...from.pending, pending('report-status', nextSeq(from), at)],
    },
    event: {
      type: 'incoming.registered',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, dispatch: from.dispatch, number: number.text, late: at > from.registerBy },
    },
  };
}

/** @throws ProblemError `invalid_state`, `signature_not_valid` */
export function registrable(incoming: Incoming): IncomingIn<'arrived'> {
  const from = inState(incoming);
  if (!from.verdict.passed) throw new ProblemError('signature_not_valid');
  return from;
}

/** @throws ProblemError `invalid_state` */
export function returned(incoming: Incoming, by: Pick<Actor, 'personId'>, reason: string, at: EpochMs): IncomingChange {
  const from = inState(incoming);
  return {
    next: {
      ...from,
      state: 'returned',
      reason,
      returnedAt: at,
      pending: [...from.pending, pending('report-status', nextSeq(from), at)],
    },
    event: {
      type: 'incoming.returned',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, dispatch: from.dispatch, reason: sha256Hex(reason) },
    },
  };
}

/** The sender has been told what became of it. */
export function reported(incoming: Incoming, at: EpochMs): IncomingChange {
  return {
    next: { ...incoming, pending: incoming.pending.filter((work) => work.job !== 'report-status') },
    event: {
      type: 'incoming.reported',
      at,
      actor: systemRef('delivery-worker'),
      data: { code: incoming.code, dispatch: incoming.dispatch, state: incoming.state },
    },
  };
}

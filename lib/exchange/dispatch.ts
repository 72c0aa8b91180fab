import * as z from 'zod';
import type { UnitCode } from '../access/actor.ts';
import type { Subject } from '../access/policy.ts';
import { approval, takenNumber } from '../cases/approval.ts';
import type { Change } from '../cases/case-change.ts';
import { signaturePlacement } from '../cases/signature-placement.ts';
import { personId } from '../directory/person.ts';
import { unitCode } from '../directory/unit.ts';
import { logHead } from '../evidence/case-event.ts';
import { pendingWork } from '../jobs/job.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode, Id } from '../platform/ids.ts';
import { recall, recallAtRecipient, replacedDispatch, replacement } from './standing.ts';
import { urgency } from './urgency.ts';

const id = z.string() as unknown as z.ZodType<Id>;
const code = z.string() as unknown as z.ZodType<CaseCode>;
const instant = z.number().int();
const hash = z.string().length(64);

/** A recipient as it was resolved; `addressedTo` is the code that was given, where that unit has ended. */
const recipient = z.object({ unit: unitCode, addressedTo: unitCode.optional() });
export type Recipient = z.infer<typeof recipient>;

/** What became of it at one recipient. */
const delivery = recipient.extend({
  status: z.enum(['sending', 'withdrawn', 'arrived', 'returned', 'registered']),
  at: instant,
  /** The recipient's case. */
  incoming: code.optional(),
  /** The recipient's incoming number. */
  number: z.string().optional(),
  reason: z.string().optional(),
  /** Since the sender asked for it back. */
  recall: recallAtRecipient.optional(),
});
export type Delivery = z.infer<typeof delivery>;

const base = z.object({
  code,
  unit: unitCode,
  type: z.string(),
  subject: z.string(),
  urgency,
  recipients: z.array(recipient),
  /** Drafting office in the symbol of a công văn, e.g. `VP`. */
  office: z.string().optional(),
  /** What it replaces. */
  replaces: replacedDispatch.optional(),
  draft: z.object({
    documentId: id,
    sha256: hash,
    drafter: personId,
    /** Why the last attempt to sign it failed (a problem code). */
    problem: z.string().optional(),
  }),
  createdAt: instant,
  pending: z.array(pendingWork),
  log: logHead,
});
const approved = base.extend({ approval });
const signed = approved.extend({ signed: z.object({ sha256: hash, at: instant }) });
const issuing = signed.extend({
  number: takenNumber,
  /** Where the clerk put the seal; absent where it stands beside the leader's signature. */
  sealPlaced: signaturePlacement.optional(),
});
const issued = issuing.extend({
  issued: z.object({ sha256: hash, at: instant }),
  deliveries: z.array(delivery),
  recall: recall.optional(),
  replacement: replacement.optional(),
});

const state = <S extends string, T extends z.ZodRawShape>(name: S, shape: z.ZodObject<T>) =>
  shape.extend({ state: z.literal(name) });

/** A document from one agency to others, by where it stands at the sender. */
export const dispatchRecord = z.discriminatedUnion('state', [
  state('draft', base),
  // Approved by the leader; being signed by the worker.
  state('approved', approved),
  state('signed', signed),
  // Numbered by the clerk; being sealed by the worker.
  state('issuing', issuing),
  state('issued', issued),
]);
export type Dispatch = z.infer<typeof dispatchRecord>;
export type DispatchState = Dispatch['state'];
export type DispatchIn<S extends DispatchState> = Extract<Dispatch, { state: S }>;
export type DispatchChange = Change<Dispatch>;

export const DISPATCH_STATES = dispatchRecord.options.map((option) => option.shape.state.value);

/** @throws ProblemError `invalid_state` unless the dispatch is in one of `states`. */
export function inState<S extends DispatchState>(dispatch: Dispatch, ...states: readonly S[]): DispatchIn<S> {
  if (!(states as readonly DispatchState[]).includes(dispatch.state)) {
    throw new ProblemError('invalid_state', { detail: `The dispatch is ${dispatch.state}.` });
  }
  return dispatch as DispatchIn<S>;
}

export function accessSubject(dispatch: Dispatch): Subject {
  return { unit: dispatch.unit };
}

/** How it fares at one recipient. @throws ProblemError `not_found` for a unit it was not sent to. */
export function deliveryTo(dispatch: DispatchIn<'issued'>, unit: UnitCode): Delivery {
  const found = dispatch.deliveries.find((item) => item.unit === unit);
  if (!found) throw new ProblemError('not_found', { field: 'recipient' });
  return found;
}

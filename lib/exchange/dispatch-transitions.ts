import type { Actor, PersonId, UnitCode } from '../access/actor.ts';
import { personRef, systemRef, unitRef } from '../cases/actors.ts';
import type { Approval } from '../cases/approval.ts';
import { nextSeq } from '../cases/case-change.ts';
import type { SignaturePlacement } from '../cases/signature-placement.ts';
import { type JobKind, pending } from '../jobs/job.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Code } from '../platform/errors.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import { type Delivery, type Dispatch, type DispatchChange, type DispatchIn, deliveryTo, inState } from './dispatch.ts';

const start = (dispatch: Dispatch, job: JobKind, at: EpochMs) => [
  ...dispatch.pending,
  pending(job, nextSeq(dispatch), at),
];
const ended = (dispatch: Dispatch, job: JobKind, recipient?: UnitCode) =>
  dispatch.pending.filter((work) => work.job !== job || work.recipient !== recipient);

const draftFacts = ({ code, unit, type, urgency, recipients, replaces, draft }: Dispatch) => ({
  code,
  unit,
  type,
  urgency,
  recipients: recipients.map((item) => item.unit),
  documentId: draft.documentId,
  sha256: draft.sha256,
  ...(replaces ? { replaces: replaces.code } : {}),
});

/** The first event of a case: `dispatch` is new, its log empty. */
export function drafted(dispatch: DispatchIn<'draft'>, by: Pick<Actor, 'personId'>): DispatchChange {
  return {
    next: dispatch,
    event: {
      type: 'dispatch.drafted',
      at: dispatch.createdAt,
      actor: personRef(by, dispatch.unit),
      data: draftFacts(dispatch),
    },
  };
}

export type DraftFacts = Pick<
  Dispatch,
  'type' | 'subject' | 'urgency' | 'recipients' | 'office' | 'replaces' | 'draft'
>;

/** Until it is numbered, a draft may change; a signature it had is void and the signer sees it again. */
export function redrafted(
  dispatch: Dispatch,
  by: Pick<Actor, 'personId'>,
  facts: DraftFacts,
  at: EpochMs,
): DispatchChange {
  const from = inState(dispatch, 'draft', 'signed');
  const next = { ...from, ...facts, office: facts.office, replaces: facts.replaces, state: 'draft' as const };
  return {
    next,
    event: { type: 'dispatch.redrafted', at, actor: personRef(by, from.unit), data: draftFacts(next) },
  };
}

/** The leader approved exactly these bytes. */
export function approved(dispatch: Dispatch, approval: Approval): DispatchChange {
  const from = inState(dispatch, 'draft');
  const { problem: _, ...draft } = from.draft;
  return {
    next: { ...from, state: 'approved', draft, approval, pending: start(from, 'sign-dispatch', approval.at) },
    event: {
      type: 'dispatch.approved',
      at: approval.at,
      actor: { kind: 'person', id: approval.by, unit: from.unit },
      data: { code: from.code, documentId: draft.documentId, sha256: approval.sha256, capacity: approval.capacity },
    },
  };
}

/** The leader's signature stands in the file. */
export function signed(dispatch: Dispatch, sha256: Sha256Hex, at: EpochMs): DispatchChange {
  const from = inState(dispatch, 'approved');
  return {
    next: { ...from, state: 'signed', signed: { sha256, at }, pending: ended(from, 'sign-dispatch') },
    event: {
      type: 'dispatch.signed',
      at,
      actor: { kind: 'person', id: from.approval.by, unit: from.unit },
      data: { code: from.code, unit: from.unit, documentId: from.draft.documentId, sha256 },
    },
  };
}

/** The file cannot be signed as it is: back to those who drafted it, with the reason. */
export function notSigned(dispatch: Dispatch, problem: Code, at: EpochMs): DispatchChange {
  const from = inState(dispatch, 'approved');
  return {
    next: { ...from, state: 'draft', draft: { ...from.draft, problem }, pending: ended(from, 'sign-dispatch') },
    event: {
      type: 'dispatch.not-signed',
      at,
      actor: systemRef('sign-worker'),
      data: { code: from.code, unit: from.unit, problem },
    },
  };
}

/** The clerk took the number (NĐ 30/2020 art. 14: after the person's signature, before the agency's). */
export function numbered(
  dispatch: Dispatch,
  by: { readonly personId: PersonId },
  number: { readonly number: number; readonly text: string },
  at: EpochMs,
  sealPlaced?: SignaturePlacement,
): DispatchChange {
  const from = inState(dispatch, 'signed');
  return {
    next: {
      ...from,
      state: 'issuing',
      number: { ...number, at, by: by.personId },
      ...(sealPlaced ? { sealPlaced } : {}),
      pending: start(from, 'seal-dispatch', at),
    },
    event: {
      type: 'dispatch.numbered',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, number: number.text },
    },
  };
}

/** The agency's seal stands in the file: it is issued, and goes to every recipient. */
export function issued(dispatch: Dispatch, sha256: Sha256Hex, at: EpochMs): DispatchChange {
  const from = inState(dispatch, 'issuing');
  const deliveries = from.recipients.map((item) => ({ ...item, status: 'sending' as const, at }));
  const sending = deliveries.map((item) => pending('deliver', nextSeq(from), at, item.unit));
  return {
    next: {
      ...from,
      state: 'issued',
      issued: { sha256, at },
      deliveries,
      pending: [...ended(from, 'seal-dispatch'), ...sending],
    },
    event: {
      type: 'dispatch.issued',
      at,
      actor: unitRef(from.unit),
      data: {
        code: from.code,
        documentId: from.draft.documentId,
        sha256,
        number: from.number.text,
        recipients: from.recipients.map((item) => item.unit),
      },
    },
  };
}

/** A recipient's status changed; it only moves on: on its way, arrived, then registered or returned. */
export function statusChanged(
  dispatch: Dispatch,
  unit: UnitCode,
  change: Pick<Delivery, 'incoming' | 'number' | 'reason'> & {
    readonly status: Exclude<Delivery['status'], 'sending'>;
  },
  at: EpochMs,
): DispatchChange | undefined {
  const from = inState(dispatch, 'issued');
  const present = deliveryTo(from, unit);
  const expected = change.status === 'arrived' ? 'sending' : 'arrived';
  if (present.status !== expected) return undefined;
  const deliveries = from.deliveries.map((item) => (item === present ? { ...item, ...change, at } : item));
  return {
    next: { ...from, deliveries, pending: change.status === 'arrived' ? ended(from, 'deliver', unit) : from.pending },
    event: {
      type: `dispatch.${change.status}`,
      at,
      actor: systemRef('delivery-worker'),
      data: {
        code: from.code,
        sender: from.unit,
        unit,
        document: from.number.text,
        ...(change.incoming === undefined ? {} : { incoming: change.incoming }),
        ...(change.number === undefined ? {} : { number: change.number }),
      },
    },
  };
}

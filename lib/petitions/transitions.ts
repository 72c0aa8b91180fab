import type { Actor, PersonId } from '../access/actor.ts';
import type { Deadline } from '../calendar/working-calendar.ts';
import { personRef, systemRef, unitRef } from '../cases/actors.ts';
import type { Approval } from '../cases/approval.ts';
import { nextSeq } from '../cases/case-change.ts';
import type { SignaturePlacement } from '../cases/signature-placement.ts';
import { type JobKind, pending } from '../jobs/job.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Code } from '../platform/errors.ts';
import { type Sha256Hex, sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import { inState, type Petition, type PetitionChange, type PetitionIn } from './petition.ts';
import type { TimeLimit } from './time-limits.ts';

type Staff = Pick<Actor, 'personId'>;

const start = (petition: Petition, job: JobKind, at: EpochMs) => [
  ...petition.pending,
  pending(job, nextSeq(petition), at),
];
const ended = (petition: Petition, ...jobs: readonly JobKind[]) =>
  petition.pending.filter((work) => !(jobs as readonly string[]).includes(work.job));

/** The first event of a case: `petition` is new, its log empty. `hashes` are those of its attachments, in their order. */
export function submitted(petition: PetitionIn<'submitted'>, hashes: readonly Sha256Hex[]): PetitionChange {
  const { code, kind, unit, owner, submittedAt, attachments } = petition;
  return {
    next: { ...petition, pending: start(petition, 'sign-receipt', submittedAt) },
    event: {
      type: 'petition.submitted',
      at: submittedAt,
      actor: { kind: 'person', id: owner },
      // What was written is bound to the log by its hash; the words stay on the case.
      data: {
        code,
        kind,
        unit,
        documents: attachments,
        hashes: [...hashes],
        content: sha256Hex(`${petition.subject}\n${petition.text}`),
      },
    },
  };
}

/** The worker has the receipt, sealed by the agency. It may be done in any state: the rest does not wait for it. */
export function receiptSealed(petition: Petition, sha256: Sha256Hex, at: EpochMs): PetitionChange {
  const { documentId } = petition.receipt;
  return {
    next: { ...petition, receipt: { documentId, sha256 }, pending: ended(petition, 'sign-receipt') },
    event: {
      type: 'petition.receipt-sealed',
      at,
      actor: unitRef(petition.unit),
      data: { code: petition.code, owner: petition.owner, documentId, sha256 },
    },
  };
}

/** Acceptance starts the clock. */
export function accepted(
  petition: Petition,
  by: Staff,
  { limit, ...deadline }: Deadline & { readonly limit: TimeLimit },
  at: EpochMs,
): PetitionChange {
  const from = inState(petition, 'submitted');
  const due = {
    at: deadline.at,
    day: deadline.day,
    limit: limit.id,
    days: limit.days,
    counted: limit.counted,
    source: limit.source,
    calendar: [...deadline.calendar],
  };
  return {
    next: { ...from, state: 'accepted', acceptedAt: at, due },
    event: {
      type: 'petition.accepted',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, owner: from.owner, due: due.at, limit: due.limit, calendar: due.calendar },
    },
  };
}

/** A new officer may also take over from another, as long as no answer is with the leader. */
export function assigned(petition: Petition, by: Staff, assignee: PersonId, at: EpochMs): PetitionChange {
  const from = inState(petition, 'accepted', 'assigned');
  return {
    next: { ...from, state: 'assigned', assignee, assignedAt: at },
    event: {
      type: 'petition.assigned',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, assignee, due: from.due.at },
    },
  };
}

export function returned(petition: Petition, by: Staff, reason: string, at: EpochMs): PetitionChange {
  const from = inState(petition, 'submitted', 'accepted', 'assigned');
  return {
    next: { ...from, state: 'returned', reason, returnedAt: at },
    event: {
      type: 'petition.returned',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, owner: from.owner, reason: sha256Hex(reason) },
    },
  };
}

/** States in which the officer may (again) put a draft forward: until the number is taken, but not while it is being signed. */
export const DRAFTABLE = ['assigned', 'answer-drafted', 'answer-signed'] as const;

/** The officer wrote text: the worker authors the letter as `documentId`. */
export function answerWritten(
  petition: Petition,
  by: Staff,
  input: { readonly documentId: Id; readonly text: string },
  at: EpochMs,
): PetitionChange {
  const from = inState(petition, ...DRAFTABLE);
  return {
    next: {
      ...from,
      state: 'answer-writing',
      draft: { ...input, drafter: by.personId },
      pending: start(from, 'author-answer', at),
    },
    event: {
      type: 'petition.answer-written',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, documentId: input.documentId, content: sha256Hex(input.text) },
    },
  };
}

/** There is a PDF to approve: the officer's own, or the one authored from their text. An earlier approval is void. */
export function answerDrafted(
  petition: Petition,
  draft: {
    readonly documentId: Id;
    readonly sha256: Sha256Hex;
    readonly drafter: PersonId;
    readonly text?: string | undefined;
  },
  at: EpochMs,
): PetitionChange {
  const from = inState(petition, ...DRAFTABLE, 'answer-writing');
  return {
    next: { ...from, state: 'answer-drafted', draft, pending: ended(from, 'author-answer') },
    event: {
      type: 'petition.answer-drafted',
      at,
      actor:
        from.state === 'answer-writing'
          ? systemRef('sign-worker')
          : { kind: 'person', id: draft.drafter, unit: from.unit },
      data: { code: from.code, unit: from.unit, documentId: draft.documentId, sha256: draft.sha256 },
    },
  };
}

/** The leader approved exactly these bytes. */
export function answerApproved(petition: Petition, approval: Approval): PetitionChange {
  const from = inState(petition, 'answer-drafted');
  const { problem: _, ...draft } = from.draft;
  return {
    next: { ...from, state: 'answer-approved', draft, approval, pending: start(from, 'sign-answer', approval.at) },
    event: {
      type: 'petition.answer-approved',
      at: approval.at,
      actor: { kind: 'person', id: approval.by, unit: from.unit },
      data: { code: from.code, documentId: draft.documentId, sha256: approval.sha256, capacity: approval.capacity },
    },
  };
}

/** The leader's signature stands in the file. */
export function answerSigned(petition: Petition, sha256: Sha256Hex, at: EpochMs): PetitionChange {
  const from = inState(petition, 'answer-approved');
  return {
    next: { ...from, state: 'answer-signed', signed: { sha256, at }, pending: ended(from, 'sign-answer') },
    event: {
      type: 'petition.answer-signed',
      at,
      actor: { kind: 'person', id: from.approval.by, unit: from.unit },
      data: { code: from.code, unit: from.unit, documentId: from.draft.documentId, sha256 },
    },
  };
}

/** The file cannot be signed as it is: back to the officer and the leader, with the reason. */
export function answerNotSigned(petition: Petition, problem: Code, at: EpochMs): PetitionChange {
  const from = inState(petition, 'answer-approved');
  return {
    next: { ...from, state: 'answer-drafted', draft: { ...from.draft, problem }, pending: ended(from, 'sign-answer') },
    event: {
      type: 'petition.answer-not-signed',
      at,
      actor: systemRef('sign-worker'),
      data: { code: from.code, unit: from.unit, problem },
    },
  };
}

/** The clerk took the number (NĐ 30/2020 art. 14: after the person's signature, before the agency's). */
export function answerNumbered(
  petition: Petition,
  by: Staff,
  number: { readonly number: number; readonly text: string },
  at: EpochMs,
  sealPlaced?: SignaturePlacement,
): PetitionChange {
  const from = inState(petition, 'answer-signed');
  return {
    next: {
      ...from,
      state: 'answer-issuing',
      number: { ...number, at, by: by.personId },
      ...(sealPlaced ? { sealPlaced } : {}),
      pending: start(from, 'seal-answer', at),
    },
    event: {
      type: 'petition.answer-numbered',
      at,
      actor: personRef(by, from.unit),
      data: { code: from.code, number: number.text },
    },
  };
}

/** The agency's seal stands in the file: the answer is issued. */
export function answered(petition: Petition, sha256: Sha256Hex, at: EpochMs): PetitionChange {
  const from = inState(petition, 'answer-issuing');
  const { documentId } = from.draft;
  return {
    next: { ...from, state: 'answered', answer: { documentId, sha256, at }, pending: ended(from, 'seal-answer') },
    event: {
      type: 'petition.answered',
      at,
      actor: unitRef(from.unit),
      data: {
        code: from.code,
        owner: from.owner,
        documentId,
        sha256,
        number: from.number.text,
        onTime: at <= from.due.at,
      },
    },
  };
}

/** The citizen says, once, whether it helped. */
export function rated(petition: Petition, helped: boolean, at: EpochMs): PetitionChange {
  const from = inState(petition, 'answered');
  if (from.rating) inState(petition);
  return {
    next: { ...from, rating: { helped, at } },
    event: { type: 'petition.rated', at, actor: { kind: 'person', id: from.owner }, data: { code: from.code, helped } },
  };
}

/** Established once: the deadline has passed without an answer. */
export function late(petition: Petition, at: EpochMs): PetitionChange | undefined {
  if (!isRunning(petition) || petition.lateSince !== undefined || at <= petition.due.at) return undefined;
  return {
    next: { ...petition, lateSince: petition.due.at },
    event: {
      type: 'petition.late',
      at,
      actor: systemRef('sweep'),
      data: { code: petition.code, unit: petition.unit, due: petition.due.at },
    },
  };
}

type Running = Exclude<Petition, { state: 'submitted' | 'returned' | 'answered' }>;

function isRunning(petition: Petition): petition is Running {
  return petition.state !== 'submitted' && petition.state !== 'returned' && petition.state !== 'answered';
}

import * as z from 'zod';
import type { PersonId } from '../access/actor.ts';
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
import { petitionKind } from './time-limits.ts';

const id = z.string() as unknown as z.ZodType<Id>;
const instant = z.number().int();
const hash = z.string().length(64);

/** The deadline as it was computed at acceptance, with the versions of law and calendar that were applied. */
const dueRecord = z.object({
  at: instant,
  day: z.string(),
  limit: z.string(),
  days: z.number().int(),
  counted: z.enum(['working-days', 'calendar-days']),
  source: z.string(),
  calendar: z.array(z.string()),
});

const base = z.object({
  /** Identity of the case; shown to people: `PA-7K3M-9QXD-4`. */
  code: z.string() as unknown as z.ZodType<CaseCode>,
  kind: petitionKind,
  unit: unitCode,
  /** The code the citizen gave, where that unit has ended and its successor handles it. */
  addressedTo: unitCode.optional(),
  owner: personId,
  ownerName: z.string(),
  subject: z.string(),
  text: z.string(),
  attachments: z.array(id),
  submittedAt: instant,
  receipt: z.object({ documentId: id, sha256: hash.optional() }),
  /** Since when it is late, once that was established. */
  lateSince: instant.optional(),
  pending: z.array(pendingWork),
  log: logHead,
});

const accepted = base.extend({ acceptedAt: instant, due: dueRecord });
const assigned = accepted.extend({ assignee: personId, assignedAt: instant });
const draft = z.object({
  documentId: id,
  drafter: personId,
  /** Text that the letter is authored from, where the officer gave text. */
  text: z.string().optional(),
});
const drafted = assigned.extend({
  draft: draft.extend({
    sha256: hash,
    /** Why the last attempt to sign it failed (a problem code). */
    problem: z.string().optional(),
  }),
});
const approved = drafted.extend({ approval });
const signed = approved.extend({ signed: z.object({ sha256: hash, at: instant }) });
const issuing = signed.extend({
  number: takenNumber,
  /** Where the clerk put the seal; absent where it stands beside the leader's signature. */
  sealPlaced: signaturePlacement.optional(),
});
const answered = issuing.extend({
  answer: z.object({ documentId: id, sha256: hash, at: instant }),
  rating: z.object({ helped: z.boolean(), at: instant }).optional(),
});
const returned = base.extend({
  acceptedAt: instant.optional(),
  due: dueRecord.optional(),
  reason: z.string(),
  returnedAt: instant,
});

const state = <S extends string, T extends z.ZodRawShape>(name: S, shape: z.ZodObject<T>) =>
  shape.extend({ state: z.literal(name) });

/** A petition, by where it stands. Free text and names stay on this item; events and jobs carry none. */
export const petitionRecord = z.discriminatedUnion('state', [
  state('submitted', base),
  state('accepted', accepted),
  state('assigned', assigned),
  // The officer's text is being made into a letter by the worker.
  state('answer-writing', assigned.extend({ draft: draft.required() })),
  state('answer-drafted', drafted),
  // Approved by the leader; being signed by the worker.
  state('answer-approved', approved),
  state('answer-signed', signed),
  // Numbered by the clerk; being sealed by the worker.
  state('answer-issuing', issuing),
  state('answered', answered),
  state('returned', returned),
]);
export type Petition = z.infer<typeof petitionRecord>;
export type PetitionState = Petition['state'];
export type PetitionIn<S extends PetitionState> = Extract<Petition, { state: S }>;
export type PetitionChange = Change<Petition>;

export const PETITION_STATES = petitionRecord.options.map((option) => option.shape.state.value);

/** Kind of the code: PA phản ánh, KN khiếu nại, TC tố cáo. */
export const CODE_KIND = { feedback: 'PA', complaint: 'KN', denunciation: 'TC' } as const;

/** @throws ProblemError `invalid_state` unless the petition is in one of `states`. */
export function inState<S extends PetitionState>(petition: Petition, ...states: readonly S[]): PetitionIn<S> {
  if (!(states as readonly PetitionState[]).includes(petition.state)) {
    throw new ProblemError('invalid_state', { detail: `The petition is ${petition.state}.` });
  }
  return petition as PetitionIn<S>;
}

export function isClosed(petition: Petition): boolean {
  return petition.state === 'answered' || petition.state === 'returned';
}

/** The officer in charge, where there is one. */
export function assigneeOf(petition: Petition): PersonId | undefined {
  return 'assignee' in petition ? petition.assignee : undefined;
}

/** As the access policy looks at it: a denunciation protects who made it. */
export function accessSubject(petition: Petition): Subject {
  return {
    owner: petition.owner,
    unit: petition.unit,
    assignee: assigneeOf(petition),
    identityProtected: petition.kind === 'denunciation',
  };
}

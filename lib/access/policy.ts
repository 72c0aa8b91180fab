import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Actor, assignmentsAt, holds, type PersonId, type StaffRole, type UnitCode } from './actor.ts';

/** What is acted on, as far as access depends on it. */
export interface Subject {
  /** The citizen it belongs to. */
  readonly owner?: PersonId | undefined;
  /** The unit that handles it. */
  readonly unit?: UnitCode | undefined;
  /** The officer it is assigned to, where only that officer may act. */
  readonly assignee?: PersonId | undefined;
  /** Units that may read it besides: predecessors' successors, recipients. */
  readonly readers?: readonly UnitCode[] | undefined;
  /** A denunciation: who made it is known only to those who must handle it (Luật Tố cáo 2018, chương VI). */
  readonly identityProtected?: boolean | undefined;
}

type Rule = (actor: Actor, subject: Subject, at: EpochMs) => boolean;

const STAFF: readonly StaffRole[] = ['clerk', 'officer', 'leader'];

const anyone: Rule = () => true;
const operator: Rule = (actor) => actor.operator;
const owner: Rule = (actor, subject) => subject.owner !== undefined && subject.owner === actor.personId;
const staff =
  (...roles: readonly StaffRole[]): Rule =>
  (actor, subject, at) =>
    subject.unit !== undefined && holds(actor, subject.unit, roles, at);
const reader: Rule = (actor, subject, at) => (subject.readers ?? []).some((unit) => holds(actor, unit, STAFF, at));
const assignee: Rule = (actor, subject, at) =>
  subject.assignee === actor.personId && subject.unit !== undefined && holds(actor, subject.unit, ['officer'], at);
/** Staff of the unit, unless the denouncer is to be protected. */
const openTo =
  (...roles: readonly StaffRole[]): Rule =>
  (actor, subject, at) =>
    subject.identityProtected !== true && staff(...roles)(actor, subject, at);
/** Who signs for some unit that day. */
const signer: Rule = (actor, _, at) => assignmentsAt(actor, at).some(({ role }) => role === 'leader');
const both =
  (...rules: readonly Rule[]): Rule =>
  (actor, subject, at) =>
    rules.every((rule) => rule(actor, subject, at));
const either =
  (...rules: readonly Rule[]): Rule =>
  (actor, subject, at) =>
    rules.some((rule) => rule(actor, subject, at));

/** Who may do what. What is not here nobody may do. */
const POLICY = {
  'upload.create': anyone,
  'upload.read': owner,
  'document.read': either(owner, openTo(...STAFF), reader, staff('leader'), assignee),

  'petition.submit': anyone,
  'petition.read': either(owner, openTo('officer'), staff('clerk', 'leader'), assignee),
  'petition.read-identity': either(owner, openTo(...STAFF), staff('leader'), assignee),
  'petition.list-unit': staff(...STAFF),
  'petition.accept': staff('clerk'),
  'petition.return': staff('clerk', 'leader'),
  'petition.assign': staff('clerk', 'leader'),
  'petition.draft-answer': assignee,
  'petition.sign-answer': staff('leader'),
  'petition.issue-answer': staff('clerk'),
  'petition.evidence': either(owner, openTo('officer'), staff('clerk', 'leader'), assignee),
  // What is taken out is whole: only by those who may know who it is from.
  'petition.export': either(owner, openTo(...STAFF), staff('leader'), assignee),
  'petition.rate': owner,

  'dispatch.draft': staff('officer', 'clerk'),
  'dispatch.read': staff(...STAFF),
  'dispatch.evidence': staff(...STAFF),
  'dispatch.export': staff(...STAFF),
  'dispatch.sign': staff('leader'),
  'dispatch.issue': staff('clerk'),
  'dispatch.recall': staff('clerk', 'leader'),
  'incoming.read': staff(...STAFF),
  'incoming.export': staff(...STAFF),
  'incoming.register': staff('clerk'),
  'incoming.return': staff('clerk'),
  'incoming.answer-recall': staff('clerk'),
  'register.read': staff(...STAFF),

  'directory.read': anyone,
  'directory.write': operator,
  'trust.write': operator,
  /** One's own; a unit's seal is the operators'. */
  'signature-image.write': both(owner, signer),
  'signature-image.read': either(
    owner,
    staff(...STAFF),
    (actor, subject) => subject.unit !== undefined && actor.operator,
  ),
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof POLICY;

/** Whether the policy grants `action` on `subject` at `at` (roles are those of that day). */
export function allowed(actor: Actor, action: Action, subject: Subject, at: EpochMs): boolean {
  return POLICY[action](actor, subject, at);
}

/**
 * Enforces the policy. Where the caller may not even read the subject it is `not_found`, so that nobody learns what exists.
 * @throws ProblemError `forbidden` or `not_found`.
 */
export function authorize(actor: Actor, action: Action, subject: Subject, at: EpochMs, readAction?: Action): void {
  if (allowed(actor, action, subject, at)) return;
  const visible = readAction === undefined || allowed(actor, readAction, subject, at);
  throw new ProblemError(visible && readAction !== action ? 'forbidden' : 'not_found');
}

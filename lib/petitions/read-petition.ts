import type { Actor, UnitCode } from '../access/actor.ts';
import { allowed, authorize } from '../access/policy.ts';
import { type CaseEvidence, evidenceOf } from '../cases/case-evidence.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Page } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { accessSubject, assigneeOf, type Petition, type PetitionState } from './petition.ts';
import type { PageRequest, Petitions } from './petitions.ts';
import { type Timeline, timeline } from './timeline.ts';

export interface ReadDeps {
  readonly petitions: Pick<Petitions, 'petition' | 'ofOwner' | 'ofUnit'>;
  readonly events: Pick<EventLog, 'log'>;
}

/** @throws ProblemError `not_found`, also where the caller may not see it */
export async function readPetition(deps: ReadDeps, actor: Actor, code: CaseCode, at: EpochMs): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.read', accessSubject(petition), at, 'petition.read');
  return petition;
}

export interface PetitionQuery extends PageRequest {
  /** A unit's queue; without it the caller's own petitions. */
  readonly unit?: UnitCode | undefined;
  readonly view: 'open' | 'closed';
  readonly state?: PetitionState | undefined;
  /** Only what is assigned to the caller. */
  readonly mine?: boolean | undefined;
}

/**
 * The caller's own petitions, or the queue of a unit they work in. Filters are applied to a page after it is read: a page
 * may be short, and there is more as long as it has a cursor.
 * @throws ProblemError `not_found` for a unit the caller does not work in, `bad_cursor`
 */
export async function listPetitions(
  deps: ReadDeps,
  actor: Actor,
  { unit, view, state, mine, ...page }: PetitionQuery,
  at: EpochMs,
): Promise<Page<Petition>> {
  if (unit === undefined)
    return filtered(await deps.petitions.ofOwner(actor.personId, page), (item) => !state || item.state === state);
  authorize(actor, 'petition.list-unit', { unit }, at, 'petition.list-unit');
  return filtered(
    await deps.petitions.ofUnit(unit, view, page),
    (item) =>
      allowed(actor, 'petition.read', accessSubject(item), at) &&
      (!state || item.state === state) &&
      (!mine || assigneeOf(item) === actor.personId),
  );
}

function filtered<T>(page: Page<T>, keep: (item: T) => boolean): Page<T> {
  return { ...page, items: page.items.filter(keep) };
}

export async function readTimeline(deps: ReadDeps, actor: Actor, code: CaseCode, at: EpochMs): Promise<Timeline> {
  const petition = await readPetition(deps, actor, code, at);
  return timeline(petition, await deps.events.log(code), at);
}

/**
 * All events of a petition and whether their chain is whole.
 * @throws ProblemError `not_found`
 */
export async function readPetitionEvidence(
  deps: ReadDeps,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
): Promise<CaseEvidence> {
  const petition = await deps.petitions.petition(code);
  const subject = accessSubject(petition);
  authorize(actor, 'petition.evidence', subject, at, 'petition.read');
  const hidden = allowed(actor, 'petition.read-identity', subject, at) ? undefined : petition.owner;
  return evidenceOf(code, await deps.events.log(code), petition.log, hidden);
}

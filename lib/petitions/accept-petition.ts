import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import { answerDeadline } from './time-limits.ts';
import { accepted } from './transitions.ts';

/**
 * The clerk accepts a petition: the legal time limit runs from now.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `calendar_missing`
 */
export async function acceptPetition(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'calendar'>,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.accept', accessSubject(petition), at, 'petition.read');
  inState(petition, 'submitted');
  const deadline = answerDeadline(deps.calendar, petition.kind, at);
  return commitPetition(deps, petition, accepted(petition, actor, deadline, at), { stamp });
}

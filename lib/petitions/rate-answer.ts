import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, type Petition } from './petition.ts';
import { rated } from './transitions.ts';

/**
 * The citizen says whether the answer helped; once.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`
 */
export async function rateAnswer(
  deps: Pick<PetitionDeps, 'petitions' | 'events'>,
  actor: Actor,
  code: CaseCode,
  helped: boolean,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.rate', accessSubject(petition), at, 'petition.read');
  return commitPetition(deps, petition, rated(petition, helped, at), { stamp });
}

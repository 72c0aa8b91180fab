import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, type Petition } from './petition.ts';
import { returned } from './transitions.ts';

/**
 * The agency returns a petition that it cannot handle, with the reason that the citizen reads.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`
 */
export async function returnPetition(
  deps: Pick<PetitionDeps, 'petitions' | 'events'>,
  actor: Actor,
  code: CaseCode,
  reason: string,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.return', accessSubject(petition), at, 'petition.read');
  return commitPetition(deps, petition, returned(petition, actor, reason, at), { stamp });
}

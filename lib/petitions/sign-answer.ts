import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import { answerApproved } from './transitions.ts';

/** An answer is numbered among the official letters. */
export const ANSWER_TYPE = 'cong-van';

/**
 * The leader approves an answer and has it signed: exactly the bytes they were shown, in a capacity they hold today.
 * @param sha256 of the draft as it was shown
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `document_changed`, `signer_not_competent`,
 *   `signer_without_certificate`, `certificate_expired`, `certificate_not_yet_valid`, `signing_key_with_holder`
 */
export async function signAnswer(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'directory'>,
  actor: Actor,
  code: CaseCode,
  sha256: Sha256Hex,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.sign-answer', accessSubject(petition), at, 'petition.read');
  const { draft } = inState(petition, 'answer-drafted');
  const asked = { unit: petition.unit, type: ANSWER_TYPE, draft, shown: sha256, keyWith: 'service' } as const;
  const change = answerApproved(petition, await approve(deps.directory, actor, asked, at));
  return commitPetition(deps, petition, change, { stamp });
}

import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { CaseCode } from '../platform/ids.ts';
import { type PuttingDeps, putSignature, type WantedPersonPlace } from '../signing/put-signature.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import { answerApproved } from './transitions.ts';

/** An answer is numbered among the official letters. */
export const ANSWER_TYPE = 'cong-van';

export interface ShownAnswer {
  /** Of the draft as it was shown. */
  readonly sha256: Sha256Hex;
  /** Where the leader wants the signature; by itself at its usual place. */
  readonly placement?: WantedPersonPlace | undefined;
}

/**
 * The leader approves an answer and has it signed: exactly the bytes they were shown, in a capacity they hold today.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `document_changed`, `signer_not_competent`,
 *   `signer_without_certificate`, `certificate_expired`, `certificate_not_yet_valid`, `signing_key_with_holder`, `pdf_placement`, `pdf_anchor_not_found`
 */
export async function signAnswer(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'directory'> & PuttingDeps,
  actor: Actor,
  code: CaseCode,
  { sha256, placement }: ShownAnswer,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.sign-answer', accessSubject(petition), at, 'petition.read');
  const { draft } = inState(petition, 'answer-drafted');
  const asked = { unit: petition.unit, type: ANSWER_TYPE, draft, shown: sha256, keyWith: 'service' } as const;
  const approval = await approve(deps.directory, actor, asked, at);
  const placed = await putSignature(deps, draft.documentId, approval, placement);
  return commitPetition(deps, petition, answerApproved(petition, placed), { stamp });
}

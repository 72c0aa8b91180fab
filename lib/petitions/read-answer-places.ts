import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { signatory } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { PuttingDeps } from '../signing/put-signature.ts';
import { type SigningPlaces, signingPlaces } from '../signing/signing-places.ts';
import type { PetitionDeps } from './change-petition.ts';
import { accessSubject, inState } from './petition.ts';
import { ANSWER_TYPE } from './sign-answer.ts';

/**
 * Where signature and seal of an answer would stand by themselves: for the leader while it waits for their signature, for the
 * clerk while it waits for the seal.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `signer_not_competent`, `document_changed`, `pdf_*`
 */
export async function readAnswerPlaces(
  deps: Pick<PetitionDeps, 'petitions' | 'directory'> & PuttingDeps,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
): Promise<SigningPlaces> {
  const petition = await deps.petitions.petition(code);
  const step = petition.state === 'answer-signed' ? 'petition.issue-answer' : 'petition.sign-answer';
  authorize(actor, step, accessSubject(petition), at, 'petition.read');
  if (petition.state === 'answer-signed') {
    const { draft, signed } = petition;
    return signingPlaces(deps, {
      documentId: draft.documentId,
      sha256: signed.sha256 as Sha256Hex,
      link: false,
    });
  }
  const { draft, unit } = inState(petition, 'answer-drafted');
  const { documentId } = draft;
  const signer = await signatory(deps.directory, actor, { unit, type: ANSWER_TYPE }, at);
  return signingPlaces(deps, { documentId, sha256: draft.sha256 as Sha256Hex, signer, link: false });
}

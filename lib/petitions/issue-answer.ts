import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { inOffice, sealOf } from '../directory/unit.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { CaseCode } from '../platform/ids.ts';
import { takeNumber } from '../registers/take-number.ts';
import { type PuttingDeps, putSeal, type WantedPlace } from '../signing/put-signature.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import { ANSWER_TYPE } from './sign-answer.ts';
import { answerNumbered } from './transitions.ts';

/**
 * The clerk issues a signed answer: it takes the next outgoing number in this very transaction, and is then sealed.
 * @param placement where the seal is to stand; by itself beside the leader's signature
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `unit_ended`, `unit_without_seal`, `certificate_expired`,
 *   `pdf_placement`, `pdf_anchor_not_found`
 */
export async function issueAnswer(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'directory' | 'registers'> & PuttingDeps,
  actor: Actor,
  code: CaseCode,
  placement: WantedPlace | undefined,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.issue-answer', accessSubject(petition), at, 'petition.read');
  const { draft, signed } = inState(petition, 'answer-signed');
  const unit = inOffice(await deps.directory.unit(petition.unit), at);
  // A number is never taken for what cannot be sealed.
  sealOf(unit, at);
  const { documentId } = draft;
  const sha256 = signed.sha256 as Sha256Hex;
  const sealPlaced = await putSeal(deps, { documentId, sha256, link: false }, placement);
  const number = await takeNumber(deps, {
    register: 'outgoing',
    unit,
    type: ANSWER_TYPE,
    caseId: code,
    caseCode: code,
    at,
  });
  const change = answerNumbered(petition, actor, { number: number.number, text: number.text }, at, sealPlaced);
  return commitPetition(deps, petition, change, { stamp, writes: number.writes });
}

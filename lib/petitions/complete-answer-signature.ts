import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { completedApproval, type HandedIn } from '../signing/holder/complete-holder-signature.ts';
import { usableSession } from '../signing/holder/holder-session.ts';
import { commitPetition, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import type { HolderAnswerDeps } from './prepare-answer-signature.ts';
import { ANSWER_TYPE } from './sign-answer.ts';
import { answerApproved } from './transitions.ts';

/**
 * The leader hands in the signature that they made over what was prepared: the answer is approved, and the worker puts the
 * signature into the file.
 * @throws ProblemError as `signAnswer`, `signing_session_*`, `signature_mismatch`, `certificate_*`
 */
export async function completeAnswerSignature(
  deps: Pick<HolderAnswerDeps, 'petitions' | 'events' | 'directory' | 'sessions'>,
  actor: Actor,
  code: CaseCode,
  handedIn: HandedIn,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.sign-answer', accessSubject(petition), at, 'petition.read');
  const asked = { caseId: code, person: actor.personId, at };
  const session = usableSession(await deps.sessions.session(handedIn.session), asked);
  const { draft, unit } = inState(petition, 'answer-drafted');
  const approving = { unit, type: ANSWER_TYPE, draft, shown: session.approval.sha256, keyWith: 'holder' } as const;
  const approval = await approve(deps.directory, actor, approving, at);
  const change = answerApproved(petition, await completedApproval(deps, session, approval, handedIn));
  return commitPetition(deps, petition, change, { stamp, writes: [deps.sessions.use(session, at)] });
}

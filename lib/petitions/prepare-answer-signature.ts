import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import { latestVersion } from '../documents/document.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { HolderSession } from '../signing/holder/holder-session.ts';
import {
  type HolderSigningDeps,
  prepareForHolder,
  type SessionStamp,
} from '../signing/holder/prepare-holder-signature.ts';
import { putSignature } from '../signing/put-signature.ts';
import type { PetitionDeps } from './change-petition.ts';
import { accessSubject, inState } from './petition.ts';
import { ANSWER_TYPE, type ShownAnswer } from './sign-answer.ts';

export type HolderAnswerDeps = Pick<PetitionDeps, 'petitions' | 'events' | 'directory' | 'documents'> &
  HolderSigningDeps;

/**
 * Prepares an answer for a leader whose key stays with them: what there is to sign, in a session of ten minutes. The petition
 * does not change.
 * @throws ProblemError as `signAnswer`, `signing_key_not_with_holder`, `signing_sessions_open`, `pdf_*`, `certificate_*`
 */
export async function prepareAnswerSignature(
  deps: HolderAnswerDeps,
  actor: Actor,
  code: CaseCode,
  { sha256, placement }: ShownAnswer,
  at: EpochMs,
  stamp: SessionStamp,
): Promise<HolderSession> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.sign-answer', accessSubject(petition), at, 'petition.read');
  const { draft, unit } = inState(petition, 'answer-drafted');
  const asked = { unit, type: ANSWER_TYPE, draft, shown: sha256, keyWith: 'holder' } as const;
  const approval = await putSignature(
    deps,
    draft.documentId,
    await approve(deps.directory, actor, asked, at),
    placement,
  );
  const version = latestVersion(await deps.documents.document(draft.documentId));
  const { place } = await deps.directory.unit(unit);
  const { answer: timestampBytes } = deps.timestampRoom;
  const preparing = { caseId: code, approval, version, location: place, timestampBytes };
  const { session, writes } = await prepareForHolder(deps, preparing);
  await deps.petitions.commit([...writes, stamp(session)]);
  return session;
}

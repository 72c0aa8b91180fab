import { withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { signApproved } from '../../signing/sign-approved.ts';
import { commitPetition } from '../change-petition.ts';
import { answerNotSigned, answerSigned } from '../transitions.ts';
import type { PetitionWorkDeps } from './seal-receipt.ts';

/** Signs the approved answer. A file that cannot be signed goes back to the officer with the reason. */
export async function applyAnswerSignature(deps: PetitionWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const petition = await deps.petitions.petition(code);
  if (petition.state !== 'answer-approved') return 'repeated';
  const { approval, draft } = petition;
  const document = await deps.documents.document(draft.documentId);
  const { place } = await deps.directory.unit(petition.unit);
  const level = deps.levels.wanted.answer;
  const signing = await signApproved(deps, { document, approval, place, level }, at);
  if ('refused' in signing) await commitPetition(deps, petition, answerNotSigned(petition, signing.refused, at), {});
  else {
    const { version } = signing;
    await commitPetition(deps, petition, answerSigned(petition, version.sha256, at), {
      writes: [deps.documents.putWrite(withVersion(document, version), document)],
    });
  }
  return 'done';
}

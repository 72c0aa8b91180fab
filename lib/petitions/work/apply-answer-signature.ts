import { printedTitle } from '../../access/signing-competence.ts';
import { latestVersion, withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { isProblem, ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { signingOf } from '../../signing/holder/given-signature.ts';
import { SIGNING_REFUSED } from '../../signing/refused.ts';
import { signVersion } from '../../signing/sign-version.ts';
import { commitPetition } from '../change-petition.ts';
import { answerNotSigned, answerSigned } from '../transitions.ts';
import type { PetitionWorkDeps } from './seal-receipt.ts';

/**
 * Signs the approved answer with the leader's key: the bytes that were approved, and no others. A file that cannot be
 * signed goes back to the officer with the reason.
 */
export async function applyAnswerSignature(deps: PetitionWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const petition = await deps.petitions.petition(code);
  if (petition.state !== 'answer-approved') return 'repeated';
  const { approval, draft } = petition;
  const document = await deps.documents.document(draft.documentId);
  const original = latestVersion(document);
  if (original.sha256 !== approval.sha256) throw new ProblemError('document_changed');
  const unit = await deps.directory.unit(petition.unit);
  const signing = signingOf(deps, approval, at);
  try {
    const version = await signVersion(
      signing.deps,
      {
        document,
        unsigned: original,
        pages: original.pages,
        n: original.n + 1,
        kind: 'signed',
        signer: await signing.deps.directory.signerOf({ kind: 'person', id: approval.by }, signing.at),
        text: {
          role: 'person',
          name: approval.name,
          title: printedTitle(approval),
          location: approval.own?.location ?? unit.place,
        },
      },
      signing.at,
    );
    await commitPetition(deps, petition, answerSigned(petition, version.sha256, at), {
      writes: [deps.documents.putWrite(withVersion(document, version), document)],
    });
  } catch (error) {
    if (!isProblem(error, ...SIGNING_REFUSED)) throw error;
    await commitPetition(deps, petition, answerNotSigned(petition, error.code, at), {});
  }
  return 'done';
}

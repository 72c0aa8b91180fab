import { printedTitle } from '../../access/signing-competence.ts';
import { sealOf } from '../../directory/unit.ts';
import { latestVersion, withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { imageEntry } from '../../signing/approved-text.ts';
import { signVersion } from '../../signing/sign-version.ts';
import { commitPetition } from '../change-petition.ts';
import { ANSWER_TYPE } from '../sign-answer.ts';
import { answered } from '../transitions.ts';
import type { PetitionWorkDeps } from './seal-receipt.ts';

/**
 * Seals the numbered answer with the agency's key, over the leader's signature (NĐ 30/2020 art. 5: both, in that order), and
 * issues it: the citizen may read it and anyone may verify it from the same transaction on.
 */
export async function sealAnswer(deps: PetitionWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const petition = await deps.petitions.petition(code);
  if (petition.state !== 'answer-issuing') return 'repeated';
  const { approval, draft, number, sealPlaced: placed } = petition;
  const document = await deps.documents.document(draft.documentId);
  const signed = latestVersion(document);
  if (signed.kind !== 'signed' || signed.sha256 !== petition.signed.sha256) throw new ProblemError('document_changed');
  const unit = await deps.directory.unit(petition.unit);
  const version = await signVersion(
    deps,
    {
      document,
      unsigned: signed,
      pages: signed.pages,
      n: signed.n + 1,
      kind: 'sealed',
      signer: sealOf(unit, at),
      level: deps.levels.wanted.answer,
      text: {
        role: 'agency',
        agency: unit.name,
        number: number.text,
        location: unit.place,
        ...(placed ? { placed } : {}),
        ...(await imageEntry(deps, unit)),
      },
    },
    at,
  );
  await commitPetition(deps, petition, answered(petition, version.sha256, at), {
    writes: [
      deps.documents.putWrite(withVersion({ ...document, owner: petition.owner }, version), document),
      deps.issued.write({
        sha256: version.sha256,
        what: 'answer',
        code,
        documentId: document.id,
        issuedAt: at,
        unit: { code: unit.code, name: unit.name },
        number: number.text,
        type: ANSWER_TYPE,
        signers: [{ name: approval.name, title: printedTitle(approval).join(' '), at: petition.signed.at }],
        standing: 'in-force',
      }),
    ],
  });
  return 'done';
}

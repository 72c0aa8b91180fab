import { newDocument, protectIdentity, withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import { composeLetter } from '../../pdf/author/letter.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { answerContent } from '../answer-letter.ts';
import { commitPetition } from '../change-petition.ts';
import { answerDrafted } from '../transitions.ts';
import type { PetitionWorkDeps } from './seal-receipt.ts';

/** Makes the officer's text into a letter. The leader will approve the very bytes that are stored here. */
export async function authorAnswer(
  deps: PetitionWorkDeps,
  { caseId, seq }: { readonly caseId: string; readonly seq: number },
  at: EpochMs,
): Promise<JobOutcome> {
  const code = caseId as CaseCode;
  const petition = await deps.petitions.petition(code);
  // A later draft has its own job.
  const wanted = petition.pending.some((work) => work.job === 'author-answer' && work.seq === seq);
  if (petition.state !== 'answer-writing' || !wanted) return 'repeated';
  const { draft } = petition;
  const unit = await deps.directory.unit(petition.unit);
  const letter = await composeLetter(await deps.fonts(), answerContent(petition, unit, deps.portalUrl));
  const plain = newDocument({ id: draft.documentId, unit: petition.unit, caseId: code, at });
  const document = petition.kind === 'denunciation' ? protectIdentity(plain, petition.assignee) : plain;
  const { key, versionId, sha256, bytes } = await deps.objects.keep(document.id, 1, 'original', letter.pdf);
  const version = { n: 1, kind: 'original', key, versionId, sha256, bytes, pages: letter.pages, at } as const;
  await commitPetition(deps, petition, answerDrafted(petition, { ...draft, sha256 }, at), {
    writes: [deps.documents.putWrite(withVersion(document, version), undefined)],
  });
  return 'done';
}

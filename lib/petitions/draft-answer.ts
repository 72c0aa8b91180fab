import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import {
  type Document,
  accessSubject as documentSubject,
  latestVersion,
  protectIdentity,
  takeOver,
} from '../documents/document.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type CaseCode, type Id, newId } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import { answerDrafted, answerWritten, DRAFTABLE } from './transitions.ts';

/** A PDF that the officer uploaded, or text from which the letter is authored. */
export type AnswerDraft = { readonly documentId: Id } | { readonly text: string };

/**
 * The officer in charge puts an answer forward. Whatever was approved before is void: an approved draft that changes goes
 * back to the signer (NĐ 30/2020 art. 12).
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `document_not_ready`
 */
export async function draftAnswer(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'documents' | 'random'>,
  actor: Actor,
  code: CaseCode,
  draft: AnswerDraft,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.draft-answer', accessSubject(petition), at, 'petition.read');
  inState(petition, ...DRAFTABLE);
  if ('text' in draft) {
    const change = answerWritten(petition, actor, { documentId: newId(deps.random), text: draft.text }, at);
    return commitPetition(deps, petition, change, { stamp });
  }
  const document = await deps.documents.document(draft.documentId);
  authorize(actor, 'document.read', documentSubject(document), at, 'document.read');
  const version = latestVersion(document);
  if (version.n > 1) {
    throw new ProblemError('invalid_state', { field: 'documentId', detail: 'The document is signed already.' });
  }
  if (petition.attachments.includes(document.id) || petition.receipt.documentId === document.id) {
    throw new ProblemError('invalid_state', { field: 'documentId', detail: 'The document is part of the petition.' });
  }
  const taken = deps.documents.putWrite(takenAsAnswer(document, petition, actor), document);
  const facts = { documentId: document.id, sha256: version.sha256, drafter: actor.personId };
  return commitPetition(deps, petition, answerDrafted(petition, facts, at), { stamp, writes: [taken] });
}

/** What answers a denunciation is read by those who may know who made it, and by nobody else. */
function takenAsAnswer(document: Document, petition: Petition, officer: Actor): Document {
  const taken = takeOver(document, petition.code, petition.unit);
  return petition.kind === 'denunciation' ? protectIdentity(taken, officer.personId) : taken;
}

import { type Actor, holds, type PersonId } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { protectIdentity } from '../documents/document.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { accessSubject, inState, type Petition } from './petition.ts';
import { assigned } from './transitions.ts';

/**
 * The clerk or the leader gives a petition to an officer of the unit.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `person_unknown` (no officer of the unit that day)
 */
export async function assignPetition(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'directory' | 'documents'>,
  actor: Actor,
  code: CaseCode,
  assignee: PersonId,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  const petition = await deps.petitions.petition(code);
  authorize(actor, 'petition.assign', accessSubject(petition), at, 'petition.read');
  inState(petition, 'accepted', 'assigned');
  const officer = await deps.directory.person(assignee);
  if (!holds(officer, petition.unit, ['officer'], at)) throw new ProblemError('person_unknown', { field: 'assignee' });
  const writes = petition.kind === 'denunciation' ? await openAttachments(deps, petition, assignee) : [];
  return commitPetition(deps, petition, assigned(petition, actor, assignee, at), { stamp, writes });
}

/** What is attached to a denunciation is opened to the officer in charge, and to no other. */
async function openAttachments(
  deps: Pick<PetitionDeps, 'documents'>,
  petition: Petition,
  assignee: PersonId,
): Promise<Write[]> {
  const documents = await Promise.all(petition.attachments.map((id) => deps.documents.document(id)));
  return documents.map((document) => deps.documents.putWrite(protectIdentity(document, assignee), document));
}

import type { Actor, UnitCode } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { type Document, latestVersion, protectIdentity, takeInto } from '../documents/document.ts';
import { EMPTY_LOG } from '../evidence/case-event.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Id, newCaseCode, newId } from '../platform/ids.ts';
import { commitPetition, type PetitionDeps, type Stamp } from './change-petition.ts';
import { CODE_KIND, type Petition } from './petition.ts';
import type { PetitionKind } from './time-limits.ts';
import { submitted } from './transitions.ts';

export interface SubmitPetition {
  readonly kind: PetitionKind;
  readonly unit: UnitCode;
  readonly subject: string;
  readonly text: string;
  /** Documents that the citizen has uploaded. */
  readonly attachments: readonly Id[];
}

/**
 * A citizen petitions an agency. It reaches the unit in office; the code is its identity, and a receipt sealed by the
 * agency follows.
 * @throws ProblemError `unit_unknown`, `unit_ended`, `not_found` (an attachment that is not theirs), `document_not_ready`,
 *   `invalid_state` (an attachment of another case), `invalid_field` (an attachment twice)
 */
export async function submitPetition(
  deps: Pick<PetitionDeps, 'petitions' | 'events' | 'documents' | 'directory' | 'random'>,
  actor: Actor,
  input: SubmitPetition,
  at: EpochMs,
  stamp: Stamp,
): Promise<Petition> {
  authorize(actor, 'petition.submit', {}, at);
  const unit = await deps.directory.activeUnit(input.unit, at);
  const documents = await ownDocuments(deps, actor, input.attachments);
  const code = newCaseCode(CODE_KIND[input.kind], deps.random);
  const petition = {
    state: 'submitted' as const,
    code,
    kind: input.kind,
    unit: unit.code,
    ...(unit.code === input.unit ? {} : { addressedTo: input.unit }),
    owner: actor.personId,
    ownerName: actor.name,
    subject: input.subject,
    text: input.text,
    attachments: [...input.attachments],
    submittedAt: at,
    receipt: { documentId: newId(deps.random) },
    pending: [],
    log: EMPTY_LOG,
  };
  const hashes = documents.map((document) => latestVersion(document).sha256);
  const change = submitted(petition, hashes);
  const taken = documents.map((document) => {
    const next = takeInto(document, code, unit.code);
    return deps.documents.putWrite(input.kind === 'denunciation' ? protectIdentity(next) : next, document);
  });
  return commitPetition(deps, undefined, change, { stamp, writes: taken });
}

async function ownDocuments(
  deps: Pick<PetitionDeps, 'documents'>,
  actor: Actor,
  ids: readonly Id[],
): Promise<Document[]> {
  if (new Set(ids).size < ids.length) {
    throw new ProblemError('invalid_field', { field: 'attachments', detail: 'A document is attached twice.' });
  }
  return Promise.all(
    ids.map(async (id, index) => {
      const document = await deps.documents.document(id);
      if (document.owner !== actor.personId) throw new ProblemError('not_found', { field: `attachments[${index}]` });
      latestVersion(document);
      return document;
    }),
  );
}

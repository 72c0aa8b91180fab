import type { Actor, UnitCode } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { inOffice } from '../directory/unit.ts';
import { accessSubject as documentSubject, latestVersion, takeOver } from '../documents/document.ts';
import { EMPTY_LOG } from '../evidence/case-event.ts';
import type { Write } from '../platform/aws/table.ts';
import { type EpochMs, localDate } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { type CaseCode, type Id, newCaseCode } from '../platform/ids.ts';
import { documentTypeAt } from '../registers/document-types.ts';
import { commitDispatch, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Dispatch, inState } from './dispatch.ts';
import { type DraftFacts, drafted, redrafted } from './dispatch-transitions.ts';
import { resolveRecipients } from './recipients.ts';
import { replaceable } from './replaceable.ts';
import type { Urgency } from './urgency.ts';

export interface DispatchDraft {
  readonly documentId: Id;
  /** Document type, by id. */
  readonly type: string;
  readonly subject: string;
  readonly urgency: Urgency;
  readonly recipients: readonly UnitCode[];
  /** Drafting office in the symbol of a công văn. */
  readonly office?: string | undefined;
  /** The issued dispatch that it is to replace. */
  readonly replaces?: CaseCode | undefined;
}

type DraftDeps = Pick<ExchangeDeps, 'dispatches' | 'events' | 'documents' | 'directory' | 'random'>;

/**
 * Staff of a unit put a dispatch forward for signature.
 * @throws ProblemError `not_found`, `forbidden`, `document_not_ready`, `invalid_state` (a document of another case or signed
 *   already), `invalid_field` (type, replaces), `unit_unknown`, `unit_ended`, `recipient_duplicate`, `recipient_is_sender`
 */
export async function draftDispatch(
  deps: DraftDeps,
  actor: Actor,
  unit: UnitCode,
  draft: DispatchDraft,
  at: EpochMs,
  stamp: Stamp<Dispatch>,
): Promise<Dispatch> {
  authorize(actor, 'dispatch.draft', { unit }, at, 'dispatch.read');
  const code = newCaseCode('VB', deps.random);
  const { facts, taken } = await readDraft(deps, actor, unit, code, draft, at);
  const dispatch = { state: 'draft' as const, code, unit, ...facts, createdAt: at, pending: [], log: EMPTY_LOG };
  return commitDispatch(deps, undefined, drafted(dispatch, actor), { stamp, writes: [taken] });
}

/**
 * Changes a draft. One that was signed already goes back to the signer (NĐ 30/2020 art. 12); a numbered one stands.
 * @throws ProblemError as `draftDispatch`
 */
export async function redraftDispatch(
  deps: DraftDeps,
  actor: Actor,
  code: CaseCode,
  draft: DispatchDraft,
  at: EpochMs,
  stamp: Stamp<Dispatch>,
): Promise<Dispatch> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.draft', accessSubject(dispatch), at, 'dispatch.read');
  inState(dispatch, 'draft', 'signed');
  const { facts, taken } = await readDraft(deps, actor, dispatch.unit, code, draft, at);
  return commitDispatch(deps, dispatch, redrafted(dispatch, actor, facts, at), { stamp, writes: [taken] });
}

async function readDraft(
  deps: DraftDeps,
  actor: Actor,
  unit: UnitCode,
  code: CaseCode,
  draft: DispatchDraft,
  at: EpochMs,
): Promise<{ facts: DraftFacts; taken: Write }> {
  if (!documentTypeAt(draft.type, localDate(at))) {
    throw new ProblemError('invalid_field', { field: 'type', detail: 'There is no such document type.' });
  }
  inOffice(await deps.directory.unit(unit), at);
  const recipients = await resolveRecipients(deps.directory, unit, draft.recipients, at);
  const document = await deps.documents.document(draft.documentId);
  authorize(actor, 'document.read', documentSubject(document), at, 'document.read');
  const version = latestVersion(document);
  if (version.n > 1) {
    throw new ProblemError('invalid_state', { field: 'documentId', detail: 'The document is signed already.' });
  }
  const { type } = draft;
  const original = draft.replaces && (await replaceable(deps, draft.replaces, { unit, type }, at));
  const facts = {
    type,
    subject: draft.subject,
    urgency: draft.urgency,
    recipients,
    ...(draft.office === undefined ? {} : { office: draft.office }),
    ...(original
      ? { replaces: { code: original.code, number: original.number.text, issuedAt: original.issued.at } }
      : {}),
    draft: { documentId: document.id, sha256: version.sha256, drafter: actor.personId },
  };
  return { facts, taken: deps.documents.putWrite(takeOver(document, code, unit), document) };
}

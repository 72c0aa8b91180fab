import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { inOffice } from '../directory/unit.ts';
import { revokeRead } from '../documents/document.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import { type IssuedDocuments, recalledIssue } from '../verification/issued.ts';
import { commitDispatch, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { type Dispatch, type DispatchIn, inState } from './dispatch.ts';
import { recalled } from './recall-transitions.ts';
import { unitInCharge } from './unit-in-charge.ts';

export interface RecallDeps extends Pick<ExchangeDeps, 'dispatches' | 'events' | 'directory' | 'documents'> {
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'write'>;
}

/**
 * The sender recalls an issued dispatch (NĐ 30/2020 art. 18): from this transaction on it is verified as recalled, goes out to
 * nobody more, and each recipient that has it is asked to cancel its copy.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `unit_ended`
 */
export async function recallDispatch(
  deps: RecallDeps,
  actor: Actor,
  code: CaseCode,
  reason: string,
  at: EpochMs,
  stamp: Stamp<Dispatch>,
): Promise<Dispatch> {
  const dispatch = await deps.dispatches.dispatch(code);
  const unit = await unitInCharge(deps.directory, dispatch.unit, at);
  authorize(actor, 'dispatch.recall', { unit }, at, 'dispatch.read');
  const from = inState(dispatch, 'issued');
  inOffice(await deps.directory.unit(unit), at);
  const change = recalled(from, { at, by: actor.personId, unit, reason });
  const entry = await deps.issued.byHash(from.issued.sha256);
  if (!entry) throw new ProblemError('invalid_state', { detail: 'The dispatch is not among what was issued.' });
  const writes = [deps.issued.write(recalledIssue(entry, at)), ...(await withdrawn(deps, from))];
  return commitDispatch(deps, from, change, { stamp, writes });
}

/** Who was to get it and has not, may not read it any more either. */
async function withdrawn(
  { documents }: Pick<RecallDeps, 'documents'>,
  dispatch: DispatchIn<'issued'>,
): Promise<Write[]> {
  const units = dispatch.deliveries.filter(({ status }) => status === 'sending').map((item) => item.unit);
  if (units.length === 0) return [];
  const document = await documents.document(dispatch.draft.documentId);
  return [documents.putWrite(revokeRead(document, ...units), document)];
}

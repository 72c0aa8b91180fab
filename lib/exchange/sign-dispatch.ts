import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { type PuttingDeps, putSignature } from '../signing/put-signature.ts';
import { commitDispatch, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Dispatch, inState } from './dispatch.ts';
import { approved } from './dispatch-transitions.ts';
import { asShown, type ShownDispatch } from './shown-dispatch.ts';

/**
 * The leader approves a dispatch and has it signed: exactly the bytes they were shown, in a capacity they hold today.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `document_changed`, `signer_not_competent`,
 *   `signer_without_certificate`, `certificate_expired`, `certificate_not_yet_valid`, `signing_key_with_holder`, `pdf_placement`, `pdf_anchor_not_found`
 */
export async function signDispatch(
  deps: Pick<ExchangeDeps, 'dispatches' | 'events' | 'directory'> & PuttingDeps,
  actor: Actor,
  code: CaseCode,
  shown: ShownDispatch,
  at: EpochMs,
  stamp: Stamp<Dispatch>,
): Promise<Dispatch> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.sign', accessSubject(dispatch), at, 'dispatch.read');
  const { unit, type, draft } = asShown(inState(dispatch, 'draft'), shown.revision);
  const asked = { unit, type, draft, shown: shown.sha256, keyWith: 'service' } as const;
  const approval = await approve(deps.directory, actor, asked, at);
  const placed = await putSignature(deps, draft.documentId, approval, shown.placement);
  return commitDispatch(deps, dispatch, approved(dispatch, placed), { stamp });
}

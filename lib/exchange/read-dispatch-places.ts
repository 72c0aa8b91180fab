import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { signatory } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { PuttingDeps } from '../signing/put-signature.ts';
import { type SigningPlaces, signingPlaces } from '../signing/signing-places.ts';
import type { ExchangeDeps } from './change-dispatch.ts';
import { accessSubject, inState } from './dispatch.ts';

/**
 * Where signature and seal of a dispatch would stand by themselves: for the leader while it waits for their signature, for the
 * clerk while it waits for the seal.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `signer_not_competent`, `document_changed`, `pdf_*`
 */
export async function readDispatchPlaces(
  deps: Pick<ExchangeDeps, 'dispatches' | 'directory'> & PuttingDeps,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
): Promise<SigningPlaces> {
  const dispatch = await deps.dispatches.dispatch(code);
  const step = dispatch.state === 'signed' ? 'dispatch.issue' : 'dispatch.sign';
  authorize(actor, step, accessSubject(dispatch), at, 'dispatch.read');
  if (dispatch.state === 'signed') {
    const { draft, signed } = dispatch;
    return signingPlaces(deps, {
      documentId: draft.documentId,
      sha256: signed.sha256 as Sha256Hex,
      link: true,
    });
  }
  const { draft, unit, type } = inState(dispatch, 'draft');
  const { documentId } = draft;
  const signer = await signatory(deps.directory, actor, { unit, type }, at);
  return signingPlaces(deps, { documentId, sha256: draft.sha256 as Sha256Hex, signer, link: true });
}

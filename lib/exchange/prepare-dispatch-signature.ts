import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import { latestVersion } from '../documents/document.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { HolderSession } from '../signing/holder/holder-session.ts';
import {
  type HolderSigningDeps,
  prepareForHolder,
  type SessionStamp,
} from '../signing/holder/prepare-holder-signature.ts';
import { putSignature } from '../signing/put-signature.ts';
import type { ExchangeDeps } from './change-dispatch.ts';
import { accessSubject, inState } from './dispatch.ts';
import { asShown, type ShownDispatch } from './shown-dispatch.ts';

export type HolderDispatchDeps = Pick<ExchangeDeps, 'dispatches' | 'events' | 'directory' | 'documents'> &
  HolderSigningDeps;

/**
 * Prepares a dispatch for a leader whose key stays with them: what there is to sign, in a session of ten minutes. The dispatch
 * does not change.
 * @throws ProblemError as `signDispatch`, `signing_key_not_with_holder`, `signing_sessions_open`, `pdf_*`, `certificate_*`
 */
export async function prepareDispatchSignature(
  deps: HolderDispatchDeps,
  actor: Actor,
  code: CaseCode,
  shown: ShownDispatch,
  at: EpochMs,
  stamp: SessionStamp,
): Promise<HolderSession> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.sign', accessSubject(dispatch), at, 'dispatch.read');
  const { draft, unit, type } = asShown(inState(dispatch, 'draft'), shown.revision);
  const asked = { unit, type, draft, shown: shown.sha256, keyWith: 'holder' } as const;
  const approval = await putSignature(
    deps,
    draft.documentId,
    await approve(deps.directory, actor, asked, at),
    shown.placement,
  );
  const version = latestVersion(await deps.documents.document(draft.documentId));
  const { revision } = shown;
  const { place } = await deps.directory.unit(unit);
  const { dispatch: timestampBytes } = deps.timestampRoom;
  const preparing = { caseId: code, approval, version, location: place, timestampBytes, revision };
  const { session, writes } = await prepareForHolder(deps, preparing);
  await deps.dispatches.commit([...writes, stamp(session)]);
  return session;
}

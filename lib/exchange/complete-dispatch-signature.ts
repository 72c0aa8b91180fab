import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { approve } from '../cases/approve.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { completedApproval, type HandedIn } from '../signing/holder/complete-holder-signature.ts';
import { usableSession } from '../signing/holder/holder-session.ts';
import { commitDispatch, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Dispatch, inState } from './dispatch.ts';
import { approved } from './dispatch-transitions.ts';
import type { HolderDispatchDeps } from './prepare-dispatch-signature.ts';
import { asShown } from './shown-dispatch.ts';

/**
 * The leader hands in the signature that they made over what was prepared: the dispatch is approved, and the worker puts the
 * signature into the file.
 * @throws ProblemError as `signDispatch`, `signing_session_*`, `signature_mismatch`, `certificate_*`
 */
export async function completeDispatchSignature(
  deps: Pick<HolderDispatchDeps, 'dispatches' | 'events' | 'directory' | 'sessions'>,
  actor: Actor,
  code: CaseCode,
  handedIn: HandedIn,
  at: EpochMs,
  stamp: Stamp<Dispatch>,
): Promise<Dispatch> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.sign', accessSubject(dispatch), at, 'dispatch.read');
  const asked = { caseId: code, person: actor.personId, at };
  const session = usableSession(await deps.sessions.session(handedIn.session), asked);
  const { draft, unit, type } = asShown(inState(dispatch, 'draft'), session.revision);
  const approving = { unit, type, draft, shown: session.approval.sha256, keyWith: 'holder' } as const;
  const approval = await approve(deps.directory, actor, approving, at);
  const change = approved(dispatch, await completedApproval(deps, session, approval, handedIn));
  return commitDispatch(deps, dispatch, change, { stamp, writes: [deps.sessions.use(session, at)] });
}

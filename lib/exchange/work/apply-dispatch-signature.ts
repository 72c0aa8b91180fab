import { withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import type { CaseCode } from '../../platform/ids.ts';
import type { ImageReadDeps } from '../../signing/approved-text.ts';
import { signApproved } from '../../signing/sign-approved.ts';
import type { SigningDeps } from '../../signing/sign-version.ts';
import type { IssuedDocuments } from '../../verification/issued.ts';
import { commitDispatch, type ExchangeDeps } from '../change-dispatch.ts';
import { notSigned, signed } from '../dispatch-transitions.ts';

/** What the worker needs for the documents of dispatches. */
export interface DispatchWorkDeps
  extends SigningDeps,
    ImageReadDeps,
    Pick<ExchangeDeps, 'dispatches' | 'events' | 'documents'> {
  readonly issued: Pick<IssuedDocuments, 'byHash' | 'write'>;
  readonly portalUrl: string;
}

/** Signs the approved dispatch. A file that cannot be signed goes back to its drafter with the reason. */
export async function applyDispatchSignature(deps: DispatchWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const dispatch = await deps.dispatches.dispatch(code);
  if (dispatch.state !== 'approved') return 'repeated';
  const { approval, draft } = dispatch;
  const document = await deps.documents.document(draft.documentId);
  const { place } = await deps.directory.unit(dispatch.unit);
  const level = deps.levels.wanted.dispatch;
  const signing = await signApproved(deps, { document, approval, place, level }, at);
  if ('refused' in signing) await commitDispatch(deps, dispatch, notSigned(dispatch, signing.refused, at), {});
  else {
    const { version } = signing;
    await commitDispatch(deps, dispatch, signed(dispatch, version.sha256, at), {
      writes: [deps.documents.putWrite(withVersion(document, version), document)],
    });
  }
  return 'done';
}

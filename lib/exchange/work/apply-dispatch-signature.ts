import { printedTitle } from '../../access/signing-competence.ts';
import { latestVersion, withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { isProblem, ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { signingOf } from '../../signing/holder/given-signature.ts';
import { SIGNING_REFUSED } from '../../signing/refused.ts';
import { type SigningDeps, signVersion } from '../../signing/sign-version.ts';
import type { IssuedDocuments } from '../../verification/issued.ts';
import { commitDispatch, type ExchangeDeps } from '../change-dispatch.ts';
import { notSigned, signed } from '../dispatch-transitions.ts';

/** What the worker needs for the documents of dispatches. */
export interface DispatchWorkDeps extends SigningDeps, Pick<ExchangeDeps, 'dispatches' | 'events' | 'documents'> {
  readonly issued: Pick<IssuedDocuments, 'write'>;
  readonly portalUrl: string;
}

/** Signs the approved dispatch with the leader's key: the bytes that were approved, and no others. */
export async function applyDispatchSignature(deps: DispatchWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const dispatch = await deps.dispatches.dispatch(code);
  if (dispatch.state !== 'approved') return 'repeated';
  const { approval, draft } = dispatch;
  const document = await deps.documents.document(draft.documentId);
  const original = latestVersion(document);
  if (original.sha256 !== approval.sha256) throw new ProblemError('document_changed');
  const unit = await deps.directory.unit(dispatch.unit);
  const signing = signingOf(deps, approval, at);
  try {
    const version = await signVersion(
      signing.deps,
      {
        document,
        unsigned: original,
        pages: original.pages,
        n: original.n + 1,
        kind: 'signed',
        signer: await signing.deps.directory.signerOf({ kind: 'person', id: approval.by }, signing.at),
        text: {
          role: 'person',
          name: approval.name,
          title: printedTitle(approval),
          location: approval.own?.location ?? unit.place,
        },
      },
      signing.at,
    );
    await commitDispatch(deps, dispatch, signed(dispatch, version.sha256, at), {
      writes: [deps.documents.putWrite(withVersion(document, version), document)],
    });
  } catch (error) {
    if (!isProblem(error, ...SIGNING_REFUSED)) throw error;
    await commitDispatch(deps, dispatch, notSigned(dispatch, error.code, at), {});
  }
  return 'done';
}

import { printedTitle } from '../../access/signing-competence.ts';
import { sealOf } from '../../directory/unit.ts';
import { grantRead, latestVersion, withVersion } from '../../documents/document.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { imageEntry } from '../../signing/approved-text.ts';
import { signVersion } from '../../signing/sign-version.ts';
import { verificationLink } from '../../verification/verification-link.ts';
import { commitDispatch } from '../change-dispatch.ts';
import { issued } from '../dispatch-transitions.ts';
import type { DispatchWorkDeps } from './apply-dispatch-signature.ts';
import { replaceOriginal } from './replace-original.ts';

/**
 * Seals the numbered dispatch with the agency's key, over the leader's signature (NĐ 30/2020 art. 5: both, in that order),
 * and issues it: its recipients may read it and anyone may verify it from the same transaction on.
 */
export async function sealDispatch(deps: DispatchWorkDeps, code: CaseCode, at: EpochMs): Promise<JobOutcome> {
  const dispatch = await deps.dispatches.dispatch(code);
  if (dispatch.state !== 'issuing') return 'repeated';
  const { approval, draft, number, recipients, sealPlaced: placed } = dispatch;
  const document = await deps.documents.document(draft.documentId);
  const before = latestVersion(document);
  if (before.kind !== 'signed' || before.sha256 !== dispatch.signed.sha256) throw new ProblemError('document_changed');
  const unit = await deps.directory.unit(dispatch.unit);
  const version = await signVersion(
    deps,
    {
      document,
      unsigned: before,
      pages: before.pages,
      n: before.n + 1,
      kind: 'sealed',
      signer: sealOf(unit, at),
      level: deps.levels.wanted.dispatch,
      text: {
        role: 'agency',
        agency: unit.name,
        number: number.text,
        location: unit.place,
        link: verificationLink(deps.portalUrl, code),
        ...(placed ? { placed } : {}),
        ...(await imageEntry(deps, unit)),
      },
    },
    at,
  );
  const kept = grantRead(withVersion(document, version), ...recipients.map((item) => item.unit));
  await commitDispatch(deps, dispatch, issued(dispatch, version.sha256, at), {
    writes: [
      deps.documents.putWrite(kept, document),
      deps.issued.write({
        sha256: version.sha256,
        what: 'dispatch',
        code,
        documentId: document.id,
        issuedAt: at,
        unit: { code: unit.code, name: unit.name },
        number: number.text,
        type: dispatch.type,
        signers: [{ name: approval.name, title: printedTitle(approval).join(' '), at: dispatch.signed.at }],
        standing: 'in-force',
        ...(dispatch.replaces ? { replaces: dispatch.replaces } : {}),
      }),
      ...(await replaceOriginal(deps, dispatch, unit, at)),
    ],
  });
  return 'done';
}

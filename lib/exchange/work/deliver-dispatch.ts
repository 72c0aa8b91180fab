import type { UnitCode } from '../../access/actor.ts';
import type { WorkingCalendar } from '../../calendar/working-calendar.ts';
import { changeWrites } from '../../cases/case-change.ts';
import type { Directory } from '../../directory/directory.ts';
import { asTrustAnchors } from '../../directory/trust.ts';
import type { Unit } from '../../directory/unit.ts';
import { versionWith } from '../../documents/document.ts';
import type { DocumentObjects } from '../../documents/documents.ts';
import { EMPTY_LOG } from '../../evidence/case-event.ts';
import type { JobOutcome } from '../../jobs/run-job.ts';
import type { RevocationPort } from '../../pki/revocation-client.ts';
import type { EpochMs } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/errors.ts';
import type { CaseCode } from '../../platform/ids.ts';
import { verifyPdf } from '../../signatures/validation/verify-pdf.ts';
import { type ArrivalVerdict, judgeArrival } from '../arrival-verdict.ts';
import type { ExchangeDeps } from '../change-dispatch.ts';
import { type DispatchIn, deliveryTo } from '../dispatch.ts';
import { statusChanged } from '../dispatch-transitions.ts';
import { arrived, incomingCode } from '../incoming.ts';
import { registerBy } from '../urgency.ts';

export interface DeliveryDeps extends Pick<ExchangeDeps, 'dispatches' | 'incoming' | 'events' | 'documents'> {
  readonly objects: Pick<DocumentObjects, 'open'>;
  readonly directory: Pick<Directory, 'unit' | 'trustAnchors'>;
  readonly calendar: WorkingCalendar;
  /** Asked for what the file does not prove. */
  readonly revocation: RevocationPort;
}

/**
 * Delivers an issued dispatch to one recipient: checks the document as the receiver must (NĐ 30/2020 art. 21), puts it into
 * the recipient's queue with the verdict, and marks it as arrived (01) at the sender, which acknowledges it the same
 * moment. All in one transaction; done once, however often it is asked for.
 */
export async function deliverDispatch(
  deps: DeliveryDeps,
  { code, recipient }: { readonly code: CaseCode; readonly recipient: UnitCode },
  at: EpochMs,
): Promise<JobOutcome> {
  const dispatch = await deps.dispatches.dispatch(code);
  if (dispatch.state !== 'issued') throw new ProblemError('invalid_state', { detail: 'The dispatch is not issued.' });
  if (deliveryTo(dispatch, recipient).status !== 'sending') return 'repeated';
  const sender = await deps.directory.unit(dispatch.unit);
  const verdict = await check(deps, dispatch, sender, at);
  const incoming = arrived({
    state: 'arrived',
    code: await freeCode(deps, code, recipient),
    unit: recipient,
    sender: dispatch.unit,
    senderName: sender.name,
    dispatch: code,
    documentId: dispatch.draft.documentId,
    reference: dispatch.number.text,
    type: dispatch.type,
    subject: dispatch.subject,
    urgency: dispatch.urgency,
    verdict,
    arrivedAt: at,
    registerBy: registerBy(deps.calendar, dispatch.urgency, at).at,
    ...(dispatch.replaces ? { replaces: dispatch.replaces } : {}),
    // Replaced by one that was issued while this was on its way.
    ...(dispatch.replacement?.issuedAt === undefined ? {} : { replacement: dispatch.replacement }),
    pending: [],
    log: EMPTY_LOG,
  });
  const status = statusChanged(dispatch, recipient, { status: 'arrived', incoming: incoming.next.code }, at);
  if (!status) return 'repeated';
  const { events } = deps;
  await deps.dispatches.commit([
    ...changeWrites({ cases: deps.incoming, events }, undefined, incoming).writes,
    ...changeWrites({ cases: deps.dispatches, events }, dispatch, status).writes,
  ]);
  return 'done';
}

async function check(
  deps: DeliveryDeps,
  dispatch: DispatchIn<'issued'>,
  { certificates }: Pick<Unit, 'certificates'>,
  at: EpochMs,
): Promise<ArrivalVerdict> {
  const document = await deps.documents.document(dispatch.draft.documentId);
  const source = deps.objects.open(versionWith(document, dispatch.issued.sha256));
  const trust = (await deps.directory.trustAnchors()).flatMap(asTrustAnchors);
  const expected = { sha256: dispatch.issued.sha256, sealCertificates: certificates.map((item) => item.sha256) };
  return judgeArrival(await verifyPdf(source, { trust, at, revocation: deps.revocation }), expected, at);
}

/** The code follows from dispatch and recipient; should another case have it already, the next one does. */
async function freeCode(deps: DeliveryDeps, dispatch: CaseCode, recipient: UnitCode): Promise<CaseCode> {
  for (let salt = 0; ; salt++) {
    const code = incomingCode(dispatch, recipient, salt);
    if (!(await deps.incoming.find(code))) return code;
  }
}

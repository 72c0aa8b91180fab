import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { revokeRead } from '../documents/document.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitIncoming, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Incoming } from './incoming.ts';
import { recallAgreed } from './recall-transitions.ts';

/**
 * The receiver's clerk cancels the electronic copy that its sender recalls (NĐ 30/2020 art. 18): the unit's staff cannot open
 * the document any more; the case and its line in the register stay.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`
 */
export async function agreeRecall(
  deps: Pick<ExchangeDeps, 'incoming' | 'events' | 'documents'>,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
  stamp: Stamp<Incoming>,
): Promise<Incoming> {
  const incoming = await deps.incoming.incoming(code);
  authorize(actor, 'incoming.answer-recall', accessSubject(incoming), at, 'incoming.read');
  const change = recallAgreed(incoming, actor, at);
  const document = await deps.documents.document(incoming.documentId);
  const cancelled = deps.documents.putWrite(revokeRead(document, incoming.unit), document);
  return commitIncoming(deps, incoming, change, { stamp, writes: [cancelled] });
}

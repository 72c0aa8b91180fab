import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitIncoming, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Incoming } from './incoming.ts';
import { recallRefused } from './recall-transitions.ts';

/**
 * The receiver's clerk keeps the copy of a recalled document, and says why. What the document is worth does not change by it.
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`
 */
export async function refuseRecall(
  deps: Pick<ExchangeDeps, 'incoming' | 'events'>,
  actor: Actor,
  code: CaseCode,
  reason: string,
  at: EpochMs,
  stamp: Stamp<Incoming>,
): Promise<Incoming> {
  const incoming = await deps.incoming.incoming(code);
  authorize(actor, 'incoming.answer-recall', accessSubject(incoming), at, 'incoming.read');
  return commitIncoming(deps, incoming, recallRefused(incoming, actor, reason, at), { stamp });
}

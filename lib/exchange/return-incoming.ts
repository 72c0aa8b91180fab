import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { commitIncoming, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Incoming, returned } from './incoming.ts';

/**
 * The receiver's clerk returns what failed the check or was misdirected, with the reason (NĐ 30/2020 art. 21).
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`
 */
export async function returnIncoming(
  deps: Pick<ExchangeDeps, 'incoming' | 'events'>,
  actor: Actor,
  code: CaseCode,
  reason: string,
  at: EpochMs,
  stamp: Stamp<Incoming>,
): Promise<Incoming> {
  const incoming = await deps.incoming.incoming(code);
  authorize(actor, 'incoming.return', accessSubject(incoming), at, 'incoming.read');
  return commitIncoming(deps, incoming, returned(incoming, actor, reason, at), { stamp });
}

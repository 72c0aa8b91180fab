import type { Actor } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { takeNumber } from '../registers/take-number.ts';
import { commitIncoming, type ExchangeDeps, type Stamp } from './change-dispatch.ts';
import { accessSubject, type Incoming, registered, registrable } from './incoming.ts';

/**
 * The receiver's clerk registers what passed the check, under the next incoming number (NĐ 30/2020 art. 22).
 * @throws ProblemError `not_found`, `forbidden`, `invalid_state`, `signature_not_valid`
 */
export async function registerIncoming(
  deps: Pick<ExchangeDeps, 'incoming' | 'events' | 'registers'>,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
  stamp: Stamp<Incoming>,
): Promise<Incoming> {
  const incoming = await deps.incoming.incoming(code);
  authorize(actor, 'incoming.register', accessSubject(incoming), at, 'incoming.read');
  const { type, reference, sender } = registrable(incoming);
  const number = await takeNumber(deps, {
    register: 'incoming',
    unit: { code: incoming.unit },
    type,
    reference,
    counterpart: sender,
    caseId: code,
    caseCode: code,
    at,
  });
  const change = registered(incoming, actor, { number: number.number, text: number.text }, at);
  return commitIncoming(deps, incoming, change, { stamp, writes: number.writes });
}

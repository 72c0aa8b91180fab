import type { Actor, UnitCode } from '../access/actor.ts';
import { authorize } from '../access/policy.ts';
import { type CaseEvidence, evidenceOf } from '../cases/case-evidence.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Page } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import { accessSubject, type Dispatch, type DispatchState } from './dispatch.ts';
import type { Dispatches, IncomingDocuments, PageRequest } from './exchange.ts';
import { type Incoming, accessSubject as incomingSubject } from './incoming.ts';

export interface ReadDeps {
  readonly dispatches: Pick<Dispatches, 'dispatch' | 'ofUnit'>;
  readonly incoming: Pick<IncomingDocuments, 'incoming' | 'ofUnit'>;
  readonly events: Pick<EventLog, 'log'>;
}

/** @throws ProblemError `not_found`, also where the caller may not see it */
export async function readDispatch(deps: ReadDeps, actor: Actor, code: CaseCode, at: EpochMs): Promise<Dispatch> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.read', accessSubject(dispatch), at, 'dispatch.read');
  return dispatch;
}

/**
 * A unit's own dispatches. The filter is applied to a page after it is read: a page may be short, and there is more as long
 * as it has a cursor.
 * @throws ProblemError `not_found` for a unit the caller does not work in, `bad_cursor`
 */
export async function listDispatches(
  deps: ReadDeps,
  actor: Actor,
  { unit, state, ...page }: PageRequest & { readonly unit: UnitCode; readonly state?: DispatchState | undefined },
  at: EpochMs,
): Promise<Page<Dispatch>> {
  authorize(actor, 'dispatch.read', { unit }, at, 'dispatch.read');
  const found = await deps.dispatches.ofUnit(unit, page);
  return { ...found, items: found.items.filter((item) => !state || item.state === state) };
}

/** @throws ProblemError `not_found` */
export async function readDispatchEvidence(
  deps: ReadDeps,
  actor: Actor,
  code: CaseCode,
  at: EpochMs,
): Promise<CaseEvidence> {
  const dispatch = await deps.dispatches.dispatch(code);
  authorize(actor, 'dispatch.evidence', accessSubject(dispatch), at, 'dispatch.read');
  return evidenceOf(code, await deps.events.log(code), dispatch.log);
}

/** @throws ProblemError `not_found`, also where the caller may not see it */
export async function readIncoming(deps: ReadDeps, actor: Actor, code: CaseCode, at: EpochMs): Promise<Incoming> {
  const incoming = await deps.incoming.incoming(code);
  authorize(actor, 'incoming.read', incomingSubject(incoming), at, 'incoming.read');
  return incoming;
}

/** What has arrived at a unit: the queue by the day to register by, or what is done. @throws ProblemError `not_found` */
export async function listIncoming(
  deps: ReadDeps,
  actor: Actor,
  { unit, view, ...page }: PageRequest & { readonly unit: UnitCode; readonly view: 'open' | 'closed' },
  at: EpochMs,
): Promise<Page<Incoming>> {
  authorize(actor, 'incoming.read', { unit }, at, 'incoming.read');
  return deps.incoming.ofUnit(unit, view, page);
}

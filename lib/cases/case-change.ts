import { type CaseEvent, chain, EMPTY_LOG, type EventDraft, type LogHead } from '../evidence/case-event.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Write } from '../platform/aws/table.ts';

/** Anything with an event log of its own: a petition, a dispatch, an incoming document. */
export interface Case {
  readonly code: string;
  readonly log: LogHead;
}

/** What a pure transition gives: the case as it is then, and the one event that says so. Its log is moved on below. */
export interface Change<C extends Case> {
  readonly next: C;
  readonly event: EventDraft;
}

/** How a store keeps its cases: the writes fail the transaction unless the log still ends where `previous` says. */
export interface CaseWriter<C extends Case> {
  writes(next: C, previous: C | undefined): Write[];
}

/** The number that the next event of a case will have. */
export function nextSeq(present: Pick<Case, 'log'>): number {
  return present.log.seq + 1;
}

/** The writes that make a change: the case with its log moved on, and the event. */
export function changeWrites<C extends Case>(
  deps: { readonly cases: CaseWriter<C>; readonly events: Pick<EventLog, 'writes'> },
  previous: C | undefined,
  change: Change<C>,
): { readonly next: C; readonly events: readonly CaseEvent[]; readonly writes: Write[] } {
  const { events, head } = chain(change.next.code, previous?.log ?? EMPTY_LOG, [change.event]);
  const next = { ...change.next, log: head };
  return { next, events, writes: [...deps.cases.writes(next, previous), ...deps.events.writes(events)] };
}

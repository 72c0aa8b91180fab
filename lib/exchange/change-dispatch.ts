import { changeWrites } from '../cases/case-change.ts';
import type { Directory } from '../directory/directory.ts';
import type { Documents } from '../documents/documents.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Write } from '../platform/aws/table.ts';
import type { RandomBytes } from '../platform/ids.ts';
import type { Registers } from '../registers/registers.ts';
import { type Dispatch, type DispatchChange, dispatchRecord } from './dispatch.ts';
import type { Dispatches, IncomingDocuments } from './exchange.ts';
import type { Incoming, IncomingChange } from './incoming.ts';

/** What the verbs of the exchange work with; each takes what it needs of it. */
export interface ExchangeDeps {
  readonly dispatches: Dispatches;
  readonly incoming: IncomingDocuments;
  readonly events: Pick<EventLog, 'writes'>;
  readonly documents: Documents;
  readonly directory: Pick<Directory, 'activeUnit' | 'unit' | 'person' | 'staff' | 'signerOf'>;
  readonly registers: Registers;
  readonly random: RandomBytes;
}

/** Makes the write that keeps the answer under the caller's Idempotency-Key. */
export type Stamp<C> = (next: C) => Write;

interface Also<C> {
  readonly stamp?: Stamp<C>;
  readonly writes?: readonly Write[];
}

/**
 * Commits a change of a dispatch in one transaction with its event and what else must go with it.
 * @throws CommitConflict when another writer was first
 */
export async function commitDispatch(
  deps: Pick<ExchangeDeps, 'dispatches' | 'events'>,
  previous: Dispatch | undefined,
  change: DispatchChange,
  also: Also<Dispatch>,
): Promise<Dispatch> {
  // Parsed, so that what belonged to an earlier state does not stay on the dispatch.
  const clean = { ...change, next: dispatchRecord.parse(change.next) };
  const { next, writes } = changeWrites({ cases: deps.dispatches, events: deps.events }, previous, clean);
  await deps.dispatches.commit([...writes, ...(also.writes ?? []), ...(also.stamp ? [also.stamp(next)] : [])]);
  return next;
}

/** The same for an incoming document. */
export async function commitIncoming(
  deps: Pick<ExchangeDeps, 'incoming' | 'events'>,
  previous: Incoming | undefined,
  change: IncomingChange,
  also: Also<Incoming>,
): Promise<Incoming> {
  const { next, writes } = changeWrites({ cases: deps.incoming, events: deps.events }, previous, change);
  await deps.incoming.commit([...writes, ...(also.writes ?? []), ...(also.stamp ? [also.stamp(next)] : [])]);
  return next;
}

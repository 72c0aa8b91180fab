import type { WorkingCalendar } from '../calendar/working-calendar.ts';
import { changeWrites } from '../cases/case-change.ts';
import type { Directory } from '../directory/directory.ts';
import type { Documents } from '../documents/documents.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Write } from '../platform/aws/table.ts';
import type { RandomBytes } from '../platform/ids.ts';
import type { Registers } from '../registers/registers.ts';
import { type Petition, type PetitionChange, petitionRecord } from './petition.ts';
import type { Petitions } from './petitions.ts';

/** What the verbs on petitions work with; each takes what it needs of it. */
export interface PetitionDeps {
  readonly petitions: Petitions;
  readonly events: Pick<EventLog, 'writes'>;
  readonly documents: Documents;
  readonly directory: Pick<Directory, 'activeUnit' | 'unit' | 'person' | 'staff' | 'signerOf'>;
  readonly registers: Registers;
  readonly calendar: WorkingCalendar;
  readonly random: RandomBytes;
}

/** Makes the write that keeps the answer under the caller's Idempotency-Key. */
export type Stamp = (next: Petition) => Write;

/**
 * Commits a change in one transaction: the petition (if it is still what was read), its event, the kept answer, and what
 * else must go with it.
 * @throws CommitConflict when another writer was first
 */
export async function commitPetition(
  deps: Pick<PetitionDeps, 'petitions' | 'events'>,
  previous: Petition | undefined,
  change: PetitionChange,
  also: { readonly stamp?: Stamp; readonly writes?: readonly Write[] },
): Promise<Petition> {
  // Parsed, so that what belonged to an earlier state does not stay on the petition.
  const clean = { ...change, next: petitionRecord.parse(change.next) };
  const { next, writes } = changeWrites({ cases: deps.petitions, events: deps.events }, previous, clean);
  await deps.petitions.commit([...writes, ...(also.writes ?? []), ...(also.stamp ? [also.stamp(next)] : [])]);
  return next;
}

import type { PersonId, UnitCode } from '../access/actor.ts';
import type { Write } from '../platform/aws/table.ts';
import type { Person } from './person.ts';
import type { AnchorRecord } from './trust.ts';
import type { Unit } from './unit.ts';

/** How the directory's own verbs change it: each write is conditioned on what the change was made from. */
export interface DirectoryWriter {
  findUnit(code: UnitCode): Promise<Unit | undefined>;
  findPerson(id: PersonId): Promise<Person | undefined>;
  unitWrites(next: Unit, previous: Unit | undefined): Write[];
  personWrites(next: Person, previous: Person | undefined): Write[];
  anchorWrite(anchor: AnchorRecord): Write;
  /** All or nothing. @throws CommitConflict */
  commit(writes: readonly Write[]): Promise<void>;
}

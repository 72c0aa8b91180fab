import type { PersonId, UnitCode } from '../access/actor.ts';
import type { CaseWriter } from '../cases/case-change.ts';
import type { Page, Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { Petition } from './petition.ts';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Petitions as they are kept. */
export interface Petitions extends CaseWriter<Petition> {
  /** @throws ProblemError `not_found` */
  petition(code: CaseCode): Promise<Petition>;
  find(code: CaseCode): Promise<Petition | undefined>;
  /** A citizen's own, newest first. */
  ofOwner(owner: PersonId, page: PageRequest): Promise<Page<Petition>>;
  /** A unit's queue: those not yet accepted first, then by due date; or what is closed, newest first. */
  ofUnit(unit: UnitCode, which: 'open' | 'closed', page: PageRequest): Promise<Page<Petition>>;
  /** Petitions that the sweep is to look at by now, the longest waiting first. */
  toLookAt(now: EpochMs): AsyncIterable<Petition>;
  commit(writes: readonly Write[]): Promise<void>;
}

import type { UnitCode } from '../access/actor.ts';
import type { CaseWriter } from '../cases/case-change.ts';
import type { Page, Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { Dispatch } from './dispatch.ts';
import type { Incoming } from './incoming.ts';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Dispatches at their senders. */
export interface Dispatches extends CaseWriter<Dispatch> {
  /** @throws ProblemError `not_found` */
  dispatch(code: CaseCode): Promise<Dispatch>;
  /** A unit's own, newest first. */
  ofUnit(unit: UnitCode, page: PageRequest): Promise<Page<Dispatch>>;
  /** Those that the sweep is to look at by now. */
  toLookAt(now: EpochMs): AsyncIterable<Dispatch>;
  commit(writes: readonly Write[]): Promise<void>;
}

/** Dispatches at their receivers. */
export interface IncomingDocuments extends CaseWriter<Incoming> {
  /** @throws ProblemError `not_found` */
  incoming(code: CaseCode): Promise<Incoming>;
  find(code: CaseCode): Promise<Incoming | undefined>;
  /** A unit's queue by the day to register by; or what is done, newest first. */
  ofUnit(unit: UnitCode, which: 'open' | 'closed', page: PageRequest): Promise<Page<Incoming>>;
  toLookAt(now: EpochMs): AsyncIterable<Incoming>;
  commit(writes: readonly Write[]): Promise<void>;
}

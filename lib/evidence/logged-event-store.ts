import type { Entity, Table, Write } from '../platform/aws/table.ts';
import { type EpochMs, type LocalDate, localDate } from '../platform/clock.ts';
import { sha256Hex } from '../platform/hash.ts';
import type { CaseEvent } from './case-event.ts';
import { type LoggedEvent, loggedEvent } from './roots/daily-root.ts';

/** Partitions that one day's events are spread over, by the first hexadecimal digit of the case's hash. */
const SHARDS = [...'0123456789abcdef'];

/** Far longer than a day's root can be late without an alarm that rings every hour. */
const KEPT_DAYS = 400;

const dayOf = (at: EpochMs): LocalDate => localDate(at);
const partition = (day: LocalDate, shard: string): string => `EVENTS#${day}#${shard}`;

const entity = (at: EpochMs): Entity<LoggedEvent> => ({
  name: 'LoggedEvent',
  schema: loggedEvent,
  keys: ({ caseId, seq }) => ({
    pk: partition(dayOf(at), sha256Hex(caseId).slice(0, 1)),
    sk: `${caseId}#${String(seq).padStart(8, '0')}`,
    ttl: Math.ceil(at / 1000) + KEPT_DAYS * 86_400,
  }),
});

/**
 * What was logged on a day, over all cases: written in the transaction of the event itself, so that nothing need be looked for
 * and nothing can be missed. From it follows the day's root.
 */
export class LoggedEventStore {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  write({ caseId, seq, hash, at }: CaseEvent): Write {
    return this.#table.put(entity(at), { caseId, seq, hash });
  }

  /** Every event of a day, in no order of its own. */
  async *ofDay(day: LocalDate): AsyncGenerator<LoggedEvent> {
    for (const shard of SHARDS) {
      yield* this.#table.queryAll(entity(0), { pk: partition(day, shard), consistent: true });
    }
  }

  async hasAny(day: LocalDate): Promise<boolean> {
    for await (const _ of this.ofDay(day)) return true;
    return false;
  }
}

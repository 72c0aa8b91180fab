import { type Entity, NOT_THERE, type Table, type Write } from '../../platform/aws/table.ts';
import type { LocalDate } from '../../platform/clock.ts';
import { type RootRecord, type Roots, rootRecord } from './roots.ts';

const ALL = 'ROOTS';
const WATCH = 'WATCH#root';

const entity: Entity<RootRecord> = {
  name: 'DailyRoot',
  schema: rootRecord,
  keys: ({ root: { day }, token }) => ({
    pk: ALL,
    sk: day,
    ...(token ? {} : { gsi1pk: WATCH, gsi1sk: day }),
  }),
};

export class RootStore implements Roots {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  ofDay(day: LocalDate): Promise<RootRecord | undefined> {
    return this.#table.get(entity, { pk: ALL, sk: day });
  }

  async last(): Promise<RootRecord | undefined> {
    const { items } = await this.#table.query(entity, { pk: ALL, descending: true, limit: 1, consistent: true });
    return items[0];
  }

  unstamped(): AsyncGenerator<RootRecord> {
    return this.#table.queryAll(entity, { index: 'gsi1', pk: WATCH, limit: 100 });
  }

  putWrite(next: RootRecord, previous: RootRecord | undefined): Write {
    const unstamped = {
      expression: 'attribute_exists(pk) AND attribute_not_exists(#token)',
      names: { '#token': 'token' },
    };
    return this.#table.put(entity, next, previous ? unstamped : NOT_THERE);
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}

import { z } from 'zod';
import { type Condition, type Entity, NOT_THERE, type Page, type Table, type Write } from '../platform/aws/table.ts';
import { type RegisterEntry, registerEntry } from './register-entry.ts';
import type { Registers, Sequence } from './registers.ts';

const counter = registerEntry.pick({ register: true, unit: true, year: true, sequence: true }).extend({
  last: z.number().int().nonnegative(),
});
type Counter = z.infer<typeof counter>;

const partition = ({ register, unit, year, sequence }: Sequence) => `REGISTER#${register}#${unit}#${year}#${sequence}`;

const counters: Entity<Counter> = {
  name: 'RegisterCounter',
  schema: counter,
  keys: (item) => ({ pk: partition(item), sk: 'COUNTER' }),
};

const entries: Entity<RegisterEntry> = {
  name: 'RegisterEntry',
  schema: registerEntry,
  keys: (entry) => ({ pk: partition(entry), sk: `ENTRY#${String(entry.number).padStart(8, '0')}` }),
};

/** Registers in the table: a counter and the entries of each sequence, changed only together. */
export class RegisterStore implements Registers {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async last(sequence: Sequence): Promise<number> {
    const found = await this.#table.get(counters, { pk: partition(sequence), sk: 'COUNTER' });
    return found?.last ?? 0;
  }

  writes(entry: RegisterEntry): Write[] {
    const { register, unit, year, sequence, number } = entry;
    return [
      this.#table.put(counters, { register, unit, year, sequence, last: number }, follows(number)),
      this.#table.put(entries, entry, NOT_THERE),
    ];
  }

  entries(
    sequence: Sequence,
    options: { readonly limit: number; readonly cursor?: string | undefined; readonly descending?: boolean },
  ): Promise<Page<RegisterEntry>> {
    return this.#table.query(entries, { pk: partition(sequence), skPrefix: 'ENTRY#', ...options });
  }
}

/** The counter must stand right before `number`: so there is neither a gap nor a number twice. */
function follows(number: number): Condition {
  return number === 1
    ? NOT_THERE
    : { expression: '#last = :before', names: { '#last': 'last' }, values: { ':before': number - 1 } };
}

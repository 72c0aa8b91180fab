import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { type Condition, type Entity, NOT_THERE, type Page, type Table, type Write } from '../platform/aws/table.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
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

/** From when on nobody has a turn yet in a sequence, epoch ms. */
const line = z.object({ freeAt: z.number().int() });
const lines: Entity<z.infer<typeof line>> = {
  name: 'RegisterLine',
  schema: line,
  keys: () => {
    throw new Error('the line of a register is only updated');
  },
};

/** How long one turn lasts: longer than taking a number takes. */
const TURN_MS = 60;
/** Who would have to wait longer is told to come back. */
const LONGEST_WAIT_MS = 12_000;
const LINE_KEPT_SECONDS = 24 * 3600;

/** Registers in the table: a counter and the entries of each sequence, changed only together. */
export class RegisterStore implements Registers {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #wait: (ms: number) => Promise<void>;
  constructor(table: Table, clock: Clock = systemClock, wait = (ms: number) => setTimeout(ms)) {
    this.#table = table;
    this.#clock = clock;
    this.#wait = wait;
  }

  async turn(sequence: Sequence): Promise<void> {
    const now = this.#clock.now();
    const key = { pk: partition(sequence), sk: 'LINE' };
    const ttl = Math.ceil(now / 1000) + LINE_KEPT_SECONDS;
    const atOnce = await this.#table.update(
      lines,
      key,
      { freeAt: ':after', ttl: ':ttl' },
      {
        condition: 'attribute_not_exists(#freeAt) OR #freeAt <= :now',
        values: { ':now': now, ':after': now + TURN_MS, ':ttl': ttl },
      },
    );
    if (atOnce) return;
    const last = await this.#table.update(
      lines,
      key,
      { freeAt: '#freeAt + :turn', ttl: ':ttl' },
      { values: { ':turn': TURN_MS, ':ttl': ttl } },
    );
    const wait = (last?.freeAt ?? 0) - TURN_MS - this.#clock.now();
    if (wait > LONGEST_WAIT_MS) throw new ProblemError('busy');
    if (wait > 0) await this.#wait(wait);
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

import type { UnitCode } from '../access/actor.ts';
import { type Entity, type Keys, NOT_THERE, type Page, type Table, type Write } from '../platform/aws/table.ts';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import type { IncomingDocuments, PageRequest } from './exchange.ts';
import { type Incoming, incomingRecord } from './incoming.ts';

const WATCH = 'WATCH#incoming';
const key = (code: string) => ({ pk: `CASE#${code}`, sk: 'CASE' });
const queue = (unit: UnitCode, which: 'open' | 'closed') => `INCOMING#${unit}#${which}`;

const entity: Entity<Incoming> = {
  name: 'Incoming',
  schema: incomingRecord,
  keys: (incoming) => ({ ...key(incoming.code), ...watched(incoming), ...inQueue(incoming) }),
};

function inQueue(incoming: Incoming): Pick<Keys, 'gsi2pk' | 'gsi2sk'> {
  // What is to be done at the receiver's: to register it, or to answer its recall.
  const open = incoming.state === 'arrived' || incoming.recall?.status === 'asked';
  const at = open ? incoming.registerBy : incoming.arrivedAt;
  return { gsi2pk: queue(incoming.unit, open ? 'open' : 'closed'), gsi2sk: `${formatIso(at)}#${incoming.code}` };
}

function watched({ code, pending }: Incoming): Pick<Keys, 'gsi1pk' | 'gsi1sk'> {
  if (pending.length === 0) return {};
  const at = Math.min(...pending.map((work) => work.lookAt));
  return { gsi1pk: WATCH, gsi1sk: `${formatIso(at)}#${code}` };
}

/** Incoming documents in the table. Each write holds only if the log still ends where it was read. */
export class IncomingStore implements IncomingDocuments {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async incoming(code: CaseCode): Promise<Incoming> {
    const found = await this.find(code);
    if (!found) throw new ProblemError('not_found', { field: 'code' });
    return found;
  }

  find(code: CaseCode): Promise<Incoming | undefined> {
    return this.#table.get(entity, key(code));
  }

  writes(next: Incoming, previous: Incoming | undefined): Write[] {
    const condition = previous
      ? {
          expression: '#log.#seq = :seq',
          names: { '#log': 'log', '#seq': 'seq' },
          values: { ':seq': previous.log.seq },
        }
      : NOT_THERE;
    return [this.#table.put(entity, next, condition)];
  }

  ofUnit(unit: UnitCode, which: 'open' | 'closed', page: PageRequest): Promise<Page<Incoming>> {
    return this.#table.query(entity, {
      index: 'gsi2',
      pk: queue(unit, which),
      descending: which === 'closed',
      ...page,
    });
  }

  async *toLookAt(now: EpochMs): AsyncGenerator<Incoming> {
    const until = `${formatIso(now)}#~`;
    for await (const incoming of this.#table.queryAll(entity, { index: 'gsi1', pk: WATCH, limit: 100 })) {
      if ((watched(incoming).gsi1sk ?? until) > until) return;
      yield incoming;
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}

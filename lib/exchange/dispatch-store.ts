import type { UnitCode } from '../access/actor.ts';
import { type Entity, type Keys, NOT_THERE, type Page, type Table, type Write } from '../platform/aws/table.ts';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import type { CaseCode } from '../platform/ids.ts';
import { type Dispatch, dispatchRecord } from './dispatch.ts';
import type { Dispatches, PageRequest } from './exchange.ts';

const WATCH = 'WATCH#dispatch';
const key = (code: string) => ({ pk: `CASE#${code}`, sk: 'CASE' });

const entity: Entity<Dispatch> = {
  name: 'Dispatch',
  schema: dispatchRecord,
  keys: (dispatch) => ({
    ...key(dispatch.code),
    ...watched(dispatch),
    gsi2pk: `DISPATCHES#${dispatch.unit}`,
    gsi2sk: `${formatIso(dispatch.createdAt)}#${dispatch.code}`,
  }),
};

/** Listed for the sweep only while work is under way. */
function watched({ code, pending }: Dispatch): Pick<Keys, 'gsi1pk' | 'gsi1sk'> {
  if (pending.length === 0) return {};
  const at = Math.min(...pending.map((work) => work.lookAt));
  return { gsi1pk: WATCH, gsi1sk: `${formatIso(at)}#${code}` };
}

/** Dispatches in the table. Each write holds only if the log still ends where it was read. */
export class DispatchStore implements Dispatches {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  async dispatch(code: CaseCode): Promise<Dispatch> {
    const found = await this.#table.get(entity, key(code));
    if (!found) throw new ProblemError('not_found', { field: 'code' });
    return found;
  }

  writes(next: Dispatch, previous: Dispatch | undefined): Write[] {
    const condition = previous
      ? {
          expression: '#log.#seq = :seq',
          names: { '#log': 'log', '#seq': 'seq' },
          values: { ':seq': previous.log.seq },
        }
      : NOT_THERE;
    return [this.#table.put(entity, next, condition)];
  }

  ofUnit(unit: UnitCode, page: PageRequest): Promise<Page<Dispatch>> {
    return this.#table.query(entity, { index: 'gsi2', pk: `DISPATCHES#${unit}`, descending: true, ...page });
  }

  async *toLookAt(now: EpochMs): AsyncGenerator<Dispatch> {
    const until = `${formatIso(now)}#~`;
    for await (const dispatch of this.#table.queryAll(entity, { index: 'gsi1', pk: WATCH, limit: 100 })) {
      if ((watched(dispatch).gsi1sk ?? until) > until) return;
      yield dispatch;
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}

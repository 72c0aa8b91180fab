import { type Entity, NOT_THERE, type Table, type Write } from '../platform/aws/table.ts';
import type { Id } from '../platform/ids.ts';
import { type Bundle, bundleRecord } from './bundle.ts';
import type { Bundles } from './bundles.ts';

const WEEK_SECONDS = 7 * 86_400;

const entity: Entity<Bundle> = {
  name: 'EvidenceBundle',
  schema: bundleRecord,
  keys: ({ code, requestedAt }) => ({
    pk: `BUNDLE#${code}`,
    sk: 'BUNDLE',
    ttl: Math.ceil(requestedAt / 1000) + WEEK_SECONDS,
  }),
};

/** Records of bundles; their events stay. */
export class BundleStore implements Bundles {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  find(id: Id): Promise<Bundle | undefined> {
    return this.#table.get(entity, { pk: `BUNDLE#${id}`, sk: 'BUNDLE' });
  }

  writes(next: Bundle, previous: Bundle | undefined): Write[] {
    if (!previous) return [this.#table.put(entity, next, NOT_THERE)];
    const unchanged = {
      expression: '#log.#seq = :seq',
      names: { '#log': 'log', '#seq': 'seq' },
      values: { ':seq': previous.log.seq },
    };
    return [this.#table.put(entity, next, unchanged)];
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#table.commit(writes);
  }
}

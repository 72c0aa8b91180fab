import type { LocalClock } from '../../gateway/service.ts';
import { type Input, isRecord, ServiceFault } from '../json-protocol.ts';
import { timeToLiveOf } from './declare-table.ts';
import { itemIdentity } from './item-keys.ts';
import type { TableCatalog } from './table-catalog.ts';
import type { Upstream } from './upstream.ts';
import type { WriteWatch } from './write-watch.ts';

/** DynamoDB promises deletion within days; a few times a day keeps a clock that is moved by weeks from sweeping for minutes. */
const INTERVAL = 6 * 3_600_000;
/** Items that expired longer ago are left alone, as DynamoDB does. Seconds. */
const FORGOTTEN_AFTER = 5 * 365.25 * 86_400;

export interface ExpiryDeps {
  readonly upstream: Upstream;
  readonly catalog: TableCatalog;
  readonly writes: WriteWatch;
  readonly clock: LocalClock;
}

/** Removes items past their time to live: the database itself never does. */
export class ExpiredItems {
  readonly #deps: ExpiryDeps;
  readonly #tables = new Set<string>();
  /** Items removed by expiry whose stream record has not been read yet. */
  readonly #removed = new Map<string, number>();
  /** Stream records that stand for removals by expiry. */
  readonly #records = new Set<string>();
  #sweeping: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};

  constructor(deps: ExpiryDeps) {
    this.#deps = deps;
    this.#arm();
  }

  /** Watches a table from now on. */
  watch(table: string): void {
    this.#tables.add(table);
  }

  /** Removes what has expired by now; returns how many items. */
  async sweep(): Promise<number> {
    const sweep = async () => {
      let removed = 0;
      for (const table of this.#tables) removed += await this.#sweepTable(table);
      return removed;
    };
    const swept = this.#sweeping.then(sweep, sweep);
    this.#sweeping = swept.catch(() => {});
    return await swept;
  }

  /** True when a stream record stands for a removal by expiry, however often the record is read. */
  isByExpiry(table: string, keys: string, sequence: string): boolean {
    const record = `${table} ${sequence}`;
    if (!this.#records.has(record) && this.#claim(`${table} ${keys}`)) this.#records.add(record);
    return this.#records.has(record);
  }

  /** Takes back (or uses up) one removal; false when there was none. */
  #claim(mark: string): boolean {
    const count = this.#removed.get(mark) ?? 0;
    if (count > 1) this.#removed.set(mark, count - 1);
    else this.#removed.delete(mark);
    return count > 0;
  }

  async close(): Promise<void> {
    this.#cancel();
    await this.#sweeping;
  }

  #arm(): void {
    const { clock } = this.#deps;
    this.#cancel = clock.at(clock.now() + INTERVAL, () => {
      this.#arm();
      // A database that is gone says so at the next call that somebody waits for.
      this.sweep().catch(() => {});
    });
  }

  async #sweepTable(table: string): Promise<number> {
    const { upstream, catalog, clock } = this.#deps;
    const attribute = await timeToLiveOf(upstream, table);
    const facts = await catalog.find(table);
    if (attribute === undefined || !facts) return 0;
    const now = Math.floor(clock.now() / 1000);
    const names = [facts.keys.hash, ...(facts.keys.range === undefined ? [] : [facts.keys.range])];
    let removed = 0;
    for await (const item of this.#expired(table, attribute, now)) {
      const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
      const id = itemIdentity(table, facts.keys, Key);
      if (await this.#remove(table, Key, id, attribute, item[attribute])) removed += 1;
    }
    return removed;
  }

  async *#expired(table: string, attribute: string, now: number): AsyncGenerator<Input> {
    let ExclusiveStartKey: unknown;
    do {
      const page = await this.#deps.upstream.call('Scan', {
        TableName: table,
        FilterExpression: '#ttl BETWEEN :floor AND :now',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':now': { N: String(now) }, ':floor': { N: String(now - FORGOTTEN_AFTER) } },
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      });
      for (const item of Array.isArray(page.Items) ? page.Items : []) if (isRecord(item)) yield item;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  /** Deletes one item unless its time to live has been changed in the meantime. */
  async #remove(table: string, Key: Input, id: string, attribute: string, seen: unknown): Promise<boolean> {
    const { upstream, writes } = this.#deps;
    const mark = `${table} ${id}`;
    this.#removed.set(mark, (this.#removed.get(mark) ?? 0) + 1);
    try {
      await upstream.call('DeleteItem', {
        TableName: table,
        Key,
        ConditionExpression: '#ttl = :seen',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':seen': seen },
      });
      writes.written([table]);
      return true;
    } catch (error) {
      this.#claim(mark);
      if (error instanceof ServiceFault && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

import { type Input, isRecord, ServiceFault } from '../json-protocol.ts';
import type { KeyNames } from './item-keys.ts';
import type { Upstream } from './upstream.ts';

/** What the gateway's side needs to know of a table. */
export interface TableFacts {
  readonly name: string;
  readonly keys: KeyNames;
  readonly indexes: Readonly<Record<string, KeyNames>>;
  /** Stream ARN in the database's own words. */
  readonly streamArn: string | undefined;
  readonly description: Input;
}

/** Descriptions of tables, asked for once; whoever changes a table forgets its facts. */
export class TableCatalog {
  readonly #upstream: Upstream;
  readonly #known = new Map<string, Promise<TableFacts | undefined>>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** The facts of a table; `undefined` when there is none of that name. */
  find(name: string): Promise<TableFacts | undefined> {
    const known = this.#known.get(name);
    if (known) return known;
    const asked = this.#describe(name);
    this.#known.set(name, asked);
    // A table that is not there may be there the next time.
    asked.then(
      (facts) => facts ?? this.#known.delete(name),
      () => this.#known.delete(name),
    );
    return asked;
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  async #describe(name: string): Promise<TableFacts | undefined> {
    try {
      const { Table } = await this.#upstream.call('DescribeTable', { TableName: name });
      return isRecord(Table) ? readFacts(name, Table) : undefined;
    } catch (error) {
      if (error instanceof ServiceFault && error.status < 500) return undefined;
      throw error;
    }
  }
}

function readFacts(name: string, table: Input): TableFacts {
  const all = [table.GlobalSecondaryIndexes, table.LocalSecondaryIndexes].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const indexes = Object.fromEntries(
    all.filter(isRecord).map((index) => [String(index.IndexName), readKeys(index.KeySchema)]),
  );
  const stream = table.LatestStreamArn;
  const enabled = isRecord(table.StreamSpecification) && table.StreamSpecification.StreamEnabled === true;
  return {
    name,
    keys: readKeys(table.KeySchema),
    indexes,
    streamArn: enabled && typeof stream === 'string' ? stream : undefined,
    description: table,
  };
}

function readKeys(schema: unknown): KeyNames {
  const find = (type: string) => {
    const element = Array.isArray(schema) ? schema.find((part) => isRecord(part) && part.KeyType === type) : undefined;
    return isRecord(element) ? String(element.AttributeName) : undefined;
  };
  return { hash: find('HASH') ?? '', range: find('RANGE') };
}

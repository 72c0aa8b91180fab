interface TableWrites {
  /** Counts writes that have ended. */
  version: number;
  /** Writes under way. */
  open: number;
}

/** Knows which tables are being written to, so that stream readers wake up on a write instead of asking again and again. */
export class WriteWatch {
  readonly #tables = new Map<string, TableWrites>();
  readonly #listeners = new Set<(table: string) => void>();

  /** A write to these tables begins; call the result when the database has answered. */
  begin(tables: readonly string[]): () => void {
    for (const table of tables) this.#of(table).open += 1;
    return () => {
      for (const table of tables) {
        const writes = this.#of(table);
        writes.open -= 1;
        writes.version += 1;
        for (const listener of this.#listeners) listener(table);
      }
    };
  }

  /** A number that changes with every write to a table. */
  version(table: string): number {
    return this.#of(table).version;
  }

  /** True while a write to a table has not been answered yet. */
  busy(table: string): boolean {
    return this.#of(table).open > 0;
  }

  /** Calls back after every write; returns a function that stops it. */
  onWrite(listener: (table: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(table: string): TableWrites {
    const known = this.#tables.get(table) ?? { version: 0, open: 0 };
    this.#tables.set(table, known);
    return known;
  }
}

/** Tells who follows a table's stream that the table was written to, so that nobody has to ask again and again. */
export class WriteWatch {
  readonly #listeners = new Set<(table: string) => void>();

  /** Tables have been written to, and the database has answered. */
  written(tables: Iterable<string>): void {
    for (const table of tables) for (const listener of this.#listeners) listener(table);
  }

  /** Calls back after every write; returns a function that stops it. */
  onWrite(listener: (table: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

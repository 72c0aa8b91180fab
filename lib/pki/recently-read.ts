/** So many pieces are kept, none longer than this: a few megabytes at the most. */
const MOST_KEPT = 256;
const LONGEST = 8 * 1024;

/** What was made of pieces of bytes not long ago, found by their content. It only ever saves work: what is made depends on the bytes alone. */
export class RecentlyRead<T> {
  readonly #kept = new Map<string, T>();

  /** `read` of `bytes`, or of equal ones before. What it throws is thrown, and not kept. */
  get(bytes: Uint8Array, read: (bytes: Uint8Array) => T): T {
    if (bytes.length > LONGEST) return read(bytes);
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const found = this.#kept.get(key);
    if (found !== undefined) return found;
    // Of a copy: a view would keep the whole file in memory.
    const made = read(Uint8Array.from(bytes));
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }
}

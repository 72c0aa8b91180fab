/** A binary heap of things due at a time, the earliest first. */
export class TimeHeap<T> {
  readonly #entries: { readonly at: number; readonly item: T }[] = [];

  /** The earliest entry, without taking it. */
  peek(): { readonly at: number; readonly item: T } | undefined {
    return this.#entries[0];
  }

  push(at: number, item: T): void {
    const entries = this.#entries;
    let index = entries.push({ at, item }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (entries[parent]!.at <= entries[index]!.at) break;
      this.#swap(parent, index);
      index = parent;
    }
  }

  pop(): { readonly at: number; readonly item: T } | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    entries[0] = last;
    let index = 0;
    for (;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < entries.length && entries[child]!.at < entries[least]!.at) least = child;
      }
      if (least === index) return first;
      this.#swap(least, index);
      index = least;
    }
  }

  clear(): void {
    this.#entries.length = 0;
  }

  #swap(a: number, b: number): void {
    const held = this.#entries[a]!;
    this.#entries[a] = this.#entries[b]!;
    this.#entries[b] = held;
  }
}

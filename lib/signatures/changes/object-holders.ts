/** Stands for more than one holder. */
const SEVERAL = -1;

/**
 * Which object refers to an object, for objects that later revisions overwrite. One that several hold must not be changed
 * in the name of one of them: it would change for the others too (a metadata stream that is a page's content as well).
 */
export class ObjectHolders {
  readonly #watched: ReadonlySet<number>;
  readonly #holders = new Map<number, number>();

  constructor(watched: ReadonlySet<number>) {
    this.#watched = watched;
  }

  /** Takes note that `holder`, in whatever revision, refers to `num`. */
  readonly note = (num: number, holder: number): void => {
    if (!this.#watched.has(num)) return;
    const known = this.#holders.get(num);
    if (known !== holder) this.#holders.set(num, known === undefined ? holder : SEVERAL);
  };

  /** True when no other object than `holder` was ever seen to refer to `num`. */
  isHeldOnlyBy(num: number, holder: number): boolean {
    return this.#holders.get(num) === holder;
  }
}

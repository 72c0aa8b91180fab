import type { PdfDict } from './objects.ts';
import { overLimit } from './problems.ts';

/** Where the cross-reference says an object is (ISO 32000-2 §7.5.4, §7.5.8). */
export type XrefEntry =
  | { readonly type: 'free' }
  | { readonly type: 'offset'; readonly offset: number; readonly gen: number }
  | { readonly type: 'compressed'; readonly stream: number; readonly index: number };

/** A run of object numbers `first … first + count - 1` of one section. */
export interface XrefRange {
  readonly first: number;
  readonly count: number;
}

/** One cross-reference section: what one revision added. */
export interface XrefSection {
  readonly kind: 'table' | 'stream';
  /** Offset of `xref`, or of the cross-reference stream's object. */
  readonly offset: number;
  /** Object number of the cross-reference stream itself. */
  readonly streamNum?: number;
  readonly trailer: PdfDict;
  readonly ranges: readonly XrefRange[];
  /** The stream that /XRefStm of a hybrid file's table points to. */
  readonly hybrid?: XrefSection;
  /** Does the section, without its hybrid stream, have a row for the object? */
  holds(num: number): boolean;
  /** The entry of this section alone; undefined when it does not speak of the object. */
  find(num: number): Promise<XrefEntry | undefined>;
}

/** Where a row is: its range, and its number in the range and in the whole section. */
interface FoundRow {
  readonly range: number;
  readonly row: number;
  readonly before: number;
}

/** Ranges that share numbers are looked through one by one: so many may. */
const MOST_SHARING = 1000;

/** Finds the row of an object among the ranges of a section. Of ranges that share a number the first one has it. */
export class SectionRows {
  readonly #ranges: readonly XrefRange[];
  /** Rows of the section before each range. */
  readonly #before: readonly number[];
  /** Indexes of the ranges that have rows, by their first number; undefined when they share numbers. */
  readonly #ordered: readonly number[] | undefined;

  /** @throws ProblemError `pdf_limits` */
  constructor(ranges: readonly XrefRange[]) {
    this.#ranges = ranges;
    let rows = 0;
    this.#before = ranges.map(({ count }) => {
      rows += count;
      return rows - count;
    });
    const ordered = [...ranges.keys()]
      .filter((index) => ranges[index]!.count > 0)
      .sort((a, b) => this.#first(a) - this.#first(b));
    const shares = ordered.some((index, at) => at > 0 && this.#end(ordered[at - 1]!) > this.#first(index));
    if (shares && ranges.length > MOST_SHARING) throw overLimit('the cross-reference has too many parts that overlap');
    this.#ordered = shares ? undefined : ordered;
  }

  find(num: number): FoundRow | undefined {
    const range = this.#ordered
      ? this.#halving(num, this.#ordered)
      : this.#ranges.findIndex((_, at) => this.#holds(at, num));
    if (range === undefined || range < 0) return undefined;
    return { range, row: num - this.#first(range), before: this.#before[range]! };
  }

  #halving(num: number, ordered: readonly number[]): number | undefined {
    let [low, high] = [0, ordered.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#end(ordered[middle]!) <= num) low = middle + 1;
      else high = middle;
    }
    const found = ordered[low];
    return found !== undefined && this.#holds(found, num) ? found : undefined;
  }

  #holds(range: number, num: number): boolean {
    return num >= this.#first(range) && num < this.#end(range);
  }

  #first(range: number): number {
    return this.#ranges[range]!.first;
  }

  #end(range: number): number {
    return this.#first(range) + this.#ranges[range]!.count;
  }
}

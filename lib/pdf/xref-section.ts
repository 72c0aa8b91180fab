import type { PdfDict } from './objects.ts';

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
  /** The entry of this section alone; undefined when it does not speak of the object. */
  find(num: number): Promise<XrefEntry | undefined>;
}

/** Index of the range that holds `num` and the row in it, counted over the whole section. */
export function rowOf(
  ranges: readonly XrefRange[],
  num: number,
): { range: number; row: number; before: number } | undefined {
  let before = 0;
  for (const [range, { first, count }] of ranges.entries()) {
    if (num >= first && num < first + count) return { range, row: num - first, before };
    before += count;
  }
  return undefined;
}

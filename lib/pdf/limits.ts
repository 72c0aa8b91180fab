/** Bounds that hold for every byte that is read: a hostile file ends in `pdf_limits`, never in a hang. */
export interface PdfLimits {
  /** Arrays and dictionaries inside each other. */
  readonly depth: number;
  /** Cross-reference sections in the /Prev chain: one a revision. */
  readonly sections: number;
  /** Rows of all cross-reference sections together. */
  readonly objects: number;
  /** Bytes of one object's own text, without its stream. */
  readonly objectBytes: number;
  /** Bytes of one stream after its filters. */
  readonly inflatedBytes: number;
  /** Bytes out per byte in that a filter may give, once `freeInflation` bytes are out. */
  readonly inflationRatio: number;
  readonly freeInflation: number;
  /** Bytes of all streams decoded while a document is open. */
  readonly totalInflatedBytes: number;
  /** Bytes of object text parsed while a document is open: so many times the file's length, and `parsedBytes` more. */
  readonly parsedTimes: number;
  readonly parsedBytes: number;
  /** Fields of the form, and what groups them. */
  readonly fields: number;
  /** Indirect references followed to reach one value, and levels of the page tree. */
  readonly chain: number;
}

export const DEFAULT_LIMITS: PdfLimits = {
  depth: 100,
  sections: 512,
  objects: 2_000_000,
  objectBytes: 16 * 1024 * 1024,
  inflatedBytes: 64 * 1024 * 1024,
  inflationRatio: 250,
  freeInflation: 1024 * 1024,
  totalInflatedBytes: 512 * 1024 * 1024,
  parsedTimes: 8,
  parsedBytes: 32 * 1024 * 1024,
  fields: 100_000,
  chain: 64,
};

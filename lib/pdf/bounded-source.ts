import { ProblemError } from '../platform/errors.ts';
import { type ByteSource, chunksOf } from './byte-source.ts';

export interface ReadingBounds {
  /** Epoch ms. */
  now(): number;
  /** From then on nothing is read. */
  readonly until: number;
  /** Octets that may be read in all, those that are read again included. */
  readonly octets: number;
}

/** A source that gives out when time or octets are spent: what a file can cost is decided beforehand, not by the file. */
export interface BoundedSource extends ByteSource {
  /** True once a read was refused, whatever became of that refusal. */
  readonly spent: boolean;
}

/** Reads of it throw ProblemError `reading_limit` beyond the bounds; other errors are those of `source`. */
export function boundedSource(source: ByteSource, { now, until, octets }: ReadingBounds): BoundedSource {
  let left = octets;
  let spent = false;
  const spend = (length: number) => {
    left -= length;
    spent ||= left < 0 || now() >= until;
    if (spent) throw new ProblemError('reading_limit');
  };
  return {
    length: source.length,
    get spent() {
      return spent;
    },
    async read(offset, length) {
      spend(length);
      return source.read(offset, length);
    },
    async *stream() {
      for await (const chunk of chunksOf(source)) {
        spend(chunk.length);
        yield chunk;
      }
    },
  };
}

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ChecksumAlgorithm, startChecksum } from './checksums.ts';
import type { Segment } from './version-record.ts';

/** What was learned of a body while it went by. */
export interface Digests {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, of the algorithm asked for. */
  readonly checksum: string | undefined;
}

export interface WrittenFile extends Digests {
  readonly segment: Segment;
}

/** Nothing larger goes into one request (PutObject, UploadPart): 5 GiB. */
export const MAX_SINGLE_UPLOAD = 5 * 1024 ** 3;

/**
 * The files with the bytes of a bucket's objects and parts. A file means nothing until a record names it: what a crash
 * leaves behind is swept at the next start.
 */
export class DataFiles {
  readonly #dir: string;
  readonly #newName: () => string;

  constructor(dir: string, newName: () => string) {
    this.#dir = dir;
    this.#newName = newName;
  }

  /** Streams a body to a new file, a chunk in memory at a time. Leaves nothing behind when the body fails. */
  async write(body: Readable, algorithm?: ChecksumAlgorithm): Promise<WrittenFile> {
    const file = this.#newName();
    const { through, digests } = await digesting(algorithm);
    try {
      await pipeline(body, through, createWriteStream(join(this.#dir, file), { flags: 'wx' }));
    } catch (error) {
      await rm(join(this.#dir, file), { force: true });
      throw error;
    }
    const found = digests();
    return { ...found, segment: { file, offset: 0, length: found.size } };
  }

  /** Reads segments through once for their digests. */
  async digest(segments: readonly Segment[], algorithm?: ChecksumAlgorithm): Promise<Digests> {
    const { through, digests } = await digesting(algorithm);
    await pipeline(await this.read(segments), through, async (source: AsyncIterable<Buffer>) => {
      for await (const _ of source);
    });
    return digests();
  }

  /** Gives another record the same bytes, in files of its own: hard links, so nothing is moved. */
  async copy(segments: readonly Segment[], from: DataFiles): Promise<Segment[]> {
    const copies: Segment[] = [];
    for (const segment of segments) {
      const file = this.#newName();
      await link(join(from.#dir, segment.file), join(this.#dir, file));
      copies.push({ ...segment, file });
    }
    return copies;
  }

  /**
   * Opens segments for reading, one after another. A single one is open when this resolves, so that its version may be
   * removed while it is being read.
   */
  async read(segments: readonly Segment[]): Promise<Readable> {
    const [only] = segments;
    if (!only || segments.length > 1 || only.length === 0) {
      return Readable.from(chunksOf(this.#dir, segments), { objectMode: false });
    }
    const handle = await open(join(this.#dir, only.file));
    return handle.createReadStream({ start: only.offset, end: only.offset + only.length - 1 });
  }

  async remove(segments: readonly Segment[]): Promise<void> {
    for (const { file } of segments) await rm(join(this.#dir, file), { force: true });
  }
}

/** The part of a run of segments from byte `start` up to and with byte `end`. */
export function sliceSegments(segments: readonly Segment[], start: number, end: number): Segment[] {
  const slices: Segment[] = [];
  let at = 0;
  for (const { file, offset, length } of segments) {
    const from = Math.max(start, at);
    const to = Math.min(end + 1, at + length);
    if (from < to) slices.push({ file, offset: offset + from - at, length: to - from });
    at += length;
  }
  return slices;
}

async function* chunksOf(dir: string, segments: readonly Segment[]): AsyncGenerator<Buffer> {
  for (const segment of segments) {
    if (segment.length > 0) yield* openSegment(dir, segment) as AsyncIterable<Buffer>;
  }
}

function openSegment(dir: string, { file, offset, length }: Segment): Readable {
  return createReadStream(join(dir, file), { start: offset, end: offset + length - 1 });
}

async function digesting(algorithm?: ChecksumAlgorithm): Promise<{ through: Transform; digests: () => Digests }> {
  const md5 = createHash('md5');
  const checksum = algorithm && (await startChecksum(algorithm));
  let size = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      md5.update(chunk);
      checksum?.update(chunk);
      done(null, chunk);
    },
  });
  return {
    through,
    digests: () => ({ size, md5: md5.digest('hex'), checksum: checksum?.digest().toString('base64') }),
  };
}

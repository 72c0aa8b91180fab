/** Random access to the bytes of one immutable file: memory, a local file, an S3 object version. */
export interface ByteSource {
  readonly length: number;
  /** Exactly `length` bytes from `offset`; the caller stays inside the file. The result is not to be written to. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * All bytes in order, where the source has a quicker way than one read after the other. A chunk is good until the next
   * is asked for.
   */
  stream?(): AsyncIterable<Uint8Array>;
}

/** A source over bytes already in memory; reads are views, nothing is copied. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    length: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    stream: async function* () {
      for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
    },
  };
}

const CHUNK = 1024 * 1024;

/** All bytes of a source in order; a chunk is good until the next is asked for. */
export function chunksOf(source: ByteSource): AsyncIterable<Uint8Array> {
  return source.stream?.() ?? readAhead(source);
}

/** The next chunk is read while the one before is worked on. */
async function* readAhead(source: ByteSource): AsyncGenerator<Uint8Array> {
  const chunkAt = (offset: number) => source.read(offset, Math.min(CHUNK, source.length - offset));
  let next = source.length > 0 ? chunkAt(0) : undefined;
  for (let offset = CHUNK; next; offset += CHUNK) {
    const chunk: Uint8Array = await next;
    next = offset < source.length ? chunkAt(offset) : undefined;
    // Whoever stops here does not see it fail.
    next?.catch(() => {});
    yield chunk;
  }
}

/** The first `length` bytes of `source` as a file of its own: an earlier revision, or what a signature covered. */
export function prefixSource(source: ByteSource, length: number): ByteSource {
  if (length < 0 || length > source.length) throw new RangeError('A prefix is not longer than its source');
  return { length, read: (offset, count) => source.read(offset, Math.min(count, length - offset)) };
}

/** `source` followed by `tail`, as one file: the signed file before it is stored. */
export function appendedSource(source: ByteSource, tail: Uint8Array): ByteSource {
  return {
    length: source.length + tail.length,
    async read(offset, length) {
      const end = offset + length;
      if (end <= source.length) return source.read(offset, length);
      const start = Math.max(0, offset - source.length);
      const after = tail.subarray(start, end - source.length);
      if (offset >= source.length) return after;
      const before = await source.read(offset, source.length - offset);
      const joined = new Uint8Array(before.length + after.length);
      joined.set(before);
      joined.set(after, before.length);
      return joined;
    },
  };
}

/** All bytes of a source, for files small enough to hold. */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, source.length);
}

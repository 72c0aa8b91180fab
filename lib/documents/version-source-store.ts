import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ByteSource } from '../pdf/byte-source.ts';
import type { DocumentVersion } from './document.ts';

/** A PDF's structure is read in small pieces that lie close together: they come in blocks, and the last ones stay. */
const BLOCK = 64 * 1024;
const KEPT_BLOCKS = 32;
/** From here on a read is fetched by itself and not kept. */
const LARGE = 1024 * 1024;
/** How often in a row an answer may break off without having given a byte. */
const MOST_BREAKS = 3;

/** Where an object lies, and which one it is: by its version, its ETag, or both. */
interface StoredBytes extends Pick<DocumentVersion, 'key' | 'bytes'> {
  readonly versionId?: string;
  readonly etag?: string | undefined;
}

/** One version of an object: read by range with its VersionId, and with its ETag once the first answer told it. */
export class RangedVersion<V extends StoredBytes = DocumentVersion> implements ByteSource {
  readonly version: V;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #blocks = new Map<number, Uint8Array>();
  #etag: string | undefined;

  constructor(client: S3Client, bucket: string, version: V) {
    this.#client = client;
    this.#bucket = bucket;
    this.version = version;
    this.#etag = version.etag;
  }

  get length(): number {
    return this.version.bytes;
  }

  get etag(): string | undefined {
    return this.#etag;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array();
    if (length >= LARGE) return this.#range(offset, offset + length);
    const from = Math.floor(offset / BLOCK);
    const to = Math.floor((offset + length - 1) / BLOCK);
    await this.#fetchMissing(from, to);
    const parts: Uint8Array[] = [];
    for (let block = from; block <= to; block++) {
      const bytes = this.#blocks.get(block) as Uint8Array;
      const start = block * BLOCK;
      parts.push(bytes.subarray(Math.max(0, offset - start), Math.min(bytes.length, offset + length - start)));
    }
    this.#forgetOldest();
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }

  stream(): AsyncGenerator<Uint8Array> {
    return this.#chunks(0, this.length);
  }

  /** Bytes from `start` to before `end` by one GET; where it breaks off, another goes on from the octet reached. */
  async *#chunks(start: number, end: number): AsyncGenerator<Uint8Array> {
    let breaks = 0;
    for (let offset = start; offset < end; ) {
      const before = offset;
      const body = await this.#body(offset, end);
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          offset += chunk.length;
          yield chunk;
        }
      } catch (error) {
        if (breaks >= MOST_BREAKS) throw error;
      } finally {
        body.destroy();
      }
      breaks = offset > before ? 0 : breaks + 1;
      if (breaks > MOST_BREAKS) throw new Error('an object is shorter than its record says');
    }
  }

  /** Blocks `from` to `to` lie in `#blocks` afterwards; what is missing of them comes in one answer. */
  async #fetchMissing(from: number, to: number): Promise<void> {
    const missing = [];
    for (let block = from; block <= to; block++) if (!this.#blocks.has(block)) missing.push(block);
    const [first, last] = [missing[0], missing.at(-1)];
    if (first === undefined || last === undefined) return;
    const bytes = await this.#range(first * BLOCK, Math.min((last + 1) * BLOCK, this.length));
    for (let block = first; block <= last; block++) {
      const start = (block - first) * BLOCK;
      this.#blocks.set(block, bytes.subarray(start, start + BLOCK));
    }
  }

  #forgetOldest(): void {
    for (const block of this.#blocks.keys()) {
      if (this.#blocks.size <= KEPT_BLOCKS) return;
      this.#blocks.delete(block);
    }
  }

  /** Bytes from `start` to before `end`. */
  async #range(start: number, end: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(end - start);
    let filled = 0;
    for await (const chunk of this.#chunks(start, end)) {
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    return bytes;
  }

  async #body(start: number, end: number): Promise<Readable> {
    const answer = await this.#client.send(
      new GetObjectCommand({
        Bucket: this.#bucket,
        Key: this.version.key,
        VersionId: this.version.versionId,
        IfMatch: this.#etag,
        Range: `bytes=${start}-${end - 1}`,
      }),
    );
    if (!answer.Body) throw new Error('an object without a body');
    this.#etag ??= answer.ETag;
    return answer.Body as Readable;
  }
}

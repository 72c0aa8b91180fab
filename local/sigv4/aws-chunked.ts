import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { PayloadFault } from './payload-fault.ts';
import { type CredentialScope, sameSignature, scopeString, sha256Hex, sign } from './signing-key.ts';

/** What continues the signature of the head through the chunks. */
export interface ChunkSigning {
  readonly key: Uint8Array;
  readonly scope: CredentialScope;
  readonly amzDate: string;
  /** Signature of the head: the first "previous signature". */
  readonly seed: string;
}

export interface AwsChunkedOptions {
  /** `undefined` for `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. */
  readonly signing: ChunkSigning | undefined;
  /** `x-amz-decoded-content-length`. */
  readonly decodedLength: number;
  /** Lower-case names announced in `x-amz-trailer`; empty where the body has no trailer. */
  readonly trailerNames: readonly string[];
  /** Filled with the trailers once the body has ended. */
  readonly trailers: Record<string, string>;
}

const MAX_LINE = 1024;
const MAX_TRAILER = 16 * 1024;
/** S3 refuses smaller chunks than this, the last one excepted. */
const MIN_CHUNK = 8192;
const EMPTY_SHA256 = sha256Hex('');

/**
 * Takes the aws-chunked framing off a body, checking chunk signatures, the announced length and the trailer signature
 * ("Signature calculations: transferring payload in multiple chunks", with and without trailing headers).
 * Bytes of a chunk go on before its signature is known: a consumer must not commit before the stream ends.
 */
export class AwsChunkedDecoder extends Transform {
  readonly #options: AwsChunkedOptions;
  #state: 'size' | 'data' | 'data-end' | 'trailer' = 'size';
  #line = '';
  #left = 0;
  #decoded = 0;
  #smallChunk = false;
  #hash: Hash | undefined;
  #previous: string;
  #announced = '';

  constructor(options: AwsChunkedOptions) {
    super();
    this.#options = options;
    this.#previous = options.signing?.seed ?? '';
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      for (let at = 0; at < chunk.length; ) at = this.#take(chunk, at);
      done();
    } catch (fault) {
      done(fault as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      if (this.#state !== 'trailer') throw new PayloadFault('length', 'The body ended in the middle of a chunk.');
      this.#checkTrailer();
      if (this.#decoded !== this.#options.decodedLength) throw this.#wrongLength();
      done();
    } catch (fault) {
      done(fault as Error);
    }
  }

  /** Consumes from `chunk` at `at`; returns where to go on. */
  #take(chunk: Buffer, at: number): number {
    if (this.#state === 'data') return this.#takeData(chunk, at);
    if (this.#state === 'trailer') {
      this.#line += chunk.toString('latin1', at);
      if (this.#line.length > MAX_TRAILER) throw new PayloadFault('trailer', 'The trailer is too long.');
      return chunk.length;
    }
    const end = chunk.indexOf(0x0a, at);
    this.#line += chunk.toString('latin1', at, end < 0 ? chunk.length : end + 1);
    if (this.#line.length > MAX_LINE) throw new PayloadFault('chunk-format', 'A chunk header is too long.');
    if (end < 0) return chunk.length;
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'size') this.#openChunk(line);
    else this.#closeChunk(line);
    return end + 1;
  }

  #takeData(chunk: Buffer, at: number): number {
    const part = chunk.subarray(at, at + this.#left);
    this.#hash?.update(part);
    this.#left -= part.length;
    this.#decoded += part.length;
    if (this.#decoded > this.#options.decodedLength) throw this.#wrongLength();
    this.push(part);
    if (this.#left === 0) this.#state = 'data-end';
    return at + part.length;
  }

  #openChunk(line: string): void {
    const match = /^([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?\r\n$/.exec(line);
    if (!match) throw new PayloadFault('chunk-format', 'A chunk header is malformed.');
    const size = Number.parseInt(match[1] ?? '', 16);
    const { signing } = this.#options;
    if (signing && match[2] === undefined) throw new PayloadFault('chunk-signature', 'A chunk is not signed.');
    if (this.#smallChunk && size > 0) {
      throw new PayloadFault('chunk-size', 'Only the last chunk is allowed to have a size less than 8192 bytes');
    }
    this.#smallChunk = size < MIN_CHUNK;
    this.#announced = match[2] ?? '';
    this.#hash = signing && createHash('sha256');
    this.#left = size;
    this.#state = size > 0 ? 'data' : 'trailer';
    if (size === 0) this.#checkChunk();
  }

  #closeChunk(line: string): void {
    if (line !== '\r\n') throw new PayloadFault('chunk-format', 'A chunk is longer than its header says.');
    this.#checkChunk();
    this.#state = 'size';
  }

  #checkChunk(): void {
    if (!this.#hash) return;
    this.#expect('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, this.#hash.digest('hex')], this.#announced);
  }

  #checkTrailer(): void {
    const { trailers, trailerNames, signing } = this.#options;
    let signature = '';
    let signed = '';
    for (const line of this.#line.split(/\r?\n/)) {
      if (line === '') continue;
      const [name = '', ...rest] = line.split(':');
      const value = rest.join(':').trim();
      if (name.toLowerCase() === 'x-amz-trailer-signature') signature = value;
      else if (!trailerNames.includes(name.toLowerCase())) throw new PayloadFault('trailer', 'An unannounced trailer.');
      else {
        trailers[name.toLowerCase()] = value;
        signed += `${name.toLowerCase()}:${value}\n`;
      }
    }
    if (trailerNames.some((name) => trailers[name] === undefined)) {
      throw new PayloadFault('trailer', 'The request contained trailing data that was not well-formed.');
    }
    if (signing && trailerNames.length > 0) this.#expect('AWS4-HMAC-SHA256-TRAILER', [sha256Hex(signed)], signature);
  }

  #expect(algorithm: string, hashes: readonly string[], given: string): void {
    const { signing } = this.#options;
    if (!signing) return;
    const toSign = [algorithm, signing.amzDate, scopeString(signing.scope), this.#previous, ...hashes].join('\n');
    const expected = sign(signing.key, toSign);
    if (!sameSignature(expected, given)) {
      throw new PayloadFault('chunk-signature', 'The signature of a chunk does not match the one provided.');
    }
    this.#previous = expected;
  }

  #wrongLength(): PayloadFault {
    return new PayloadFault('length', 'The body does not have the number of bytes of x-amz-decoded-content-length.');
  }
}

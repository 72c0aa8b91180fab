import { createHash, type Hash } from 'node:crypto';
import { appendedSource, type ByteSource } from '../../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../../pdf/document.ts';

/**
 * A file with the revisions that are being appended to it. Its SHA-256 runs along, so that a document timestamp over all of
 * it costs no further read of what is there already.
 */
export class GrowingFile {
  readonly #original: ByteSource;
  readonly #digest: Hash;
  #tail: Uint8Array;

  /** @param digest running SHA-256 over all of `original` and `tail`; it is copied */
  constructor(original: ByteSource, digest: Hash, tail: Uint8Array = new Uint8Array()) {
    this.#original = original;
    this.#digest = digest.copy();
    this.#tail = tail;
  }

  get source(): ByteSource {
    return appendedSource(this.#original, this.#tail);
  }

  /** Everything after the original. */
  get tail(): Uint8Array {
    return this.#tail;
  }

  open(): Promise<PdfDocument> {
    return openPdf(this.source);
  }

  append(revision: Uint8Array): void {
    this.#digest.update(revision);
    this.#tail = Buffer.concat([this.#tail, revision]);
  }

  /** SHA-256 of the file followed by `parts`. */
  digestWith(parts: readonly Uint8Array[] = []): Uint8Array {
    const digest = this.#digest.copy();
    for (const part of parts) digest.update(part);
    return digest.digest();
  }
}

/** A running SHA-256 for a file that is being read from its start. */
export function startDigest(): Hash {
  return createHash('sha256');
}

import { appendedSource, type ByteSource } from '../../pdf/byte-source.ts';
import { openPdf, type PdfDocument } from '../../pdf/document.ts';
import type { RunningHash } from '../../platform/running-hash.ts';

/**
 * A file with the revisions that are being appended to it. Its SHA-256 runs along, so that a document timestamp over all of
 * it costs no further read of what is there already.
 */
export class GrowingFile {
  readonly #original: ByteSource;
  readonly #digest: RunningHash;
  #tail: Uint8Array;

  /** @param digest running SHA-256 over all of `original` and `tail`; it is copied */
  constructor(original: ByteSource, digest: RunningHash, tail: Uint8Array = new Uint8Array()) {
    this.#original = original;
    this.#digest = digest.fork();
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
    const digest = this.#digest.fork();
    for (const part of parts) digest.update(part);
    return digest.digest();
  }

  /** State of its SHA-256, for the next signature on it; only where that can be saved. */
  saveDigest(): Uint8Array | undefined {
    return this.#digest.save?.();
  }
}

import type { ByteSource } from '../pdf/byte-source.ts';
import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { Document, DocumentVersion, VersionKind } from './document.ts';

/** What is to be kept: bytes in memory, or a local file whose length and hash are known. */
export type KeptContent = Uint8Array | { readonly path: string; readonly bytes: number; readonly sha256: Sha256Hex };

/** A stored version, read as far as is asked for. */
export interface VersionSource extends ByteSource {
  readonly version: DocumentVersion;
  /** ETag of the object as its first answer told it; every later read and copy is bound to it. */
  readonly etag: string | undefined;
}

/** A stored version of at least `COPIED_FROM_BYTES` and what comes after it; `sha256` is that of both together. */
export interface AppendedContent {
  readonly before: VersionSource;
  readonly tail: Uint8Array;
  readonly sha256: Sha256Hex;
}

/** From this size on S3 copies the bytes of a version itself (its smallest part but the last); below, they are sent. */
export const COPIED_FROM_BYTES = 5 * 1024 * 1024;

/** An object as it lies in the documents bucket. */
export interface StoredObject {
  readonly key: string;
  readonly versionId: string;
  readonly sha256: Sha256Hex;
  readonly bytes: number;
  /**
   * True when an earlier run had already stored it; its bytes may then differ from those offered now, and `sha256` is what
   * that run said they are: to be checked with the rest.
   */
  readonly adopted: boolean;
}

/** What other capabilities may do with documents. */
export interface Documents {
  /** @throws ProblemError `not_found` */
  document(id: Id): Promise<Document>;
  /** The write that keeps `next`, if the record is still what it was made from (`undefined`: there was none). */
  putWrite(next: Document, previous: Document | undefined): Write;
}

/** Documents whose signatures need something, as the sweep sees them. */
export interface DocumentsInUpkeep extends Documents {
  /** Those to be looked at by now, the longest waiting first. */
  toLookAt(now: EpochMs): AsyncIterable<Document>;
  commit(writes: readonly Write[]): Promise<void>;
}

/** The objects behind the versions. */
export interface DocumentObjects {
  /** Reads by range, always this VersionId. Errors of S3 pass through. */
  open(version: DocumentVersion): VersionSource;
  /** All bytes, checked against the version's hash. @throws ProblemError `document_changed` */
  read(version: Pick<DocumentVersion, 'key' | 'versionId' | 'bytes' | 'sha256'>): Promise<Uint8Array>;
  /**
   * Stores a version once (`If-None-Match: *`, SHA-256 checked by S3). What already lies there is adopted: the caller
   * must check it where the bytes of two runs may differ (a signature made twice).
   */
  keep(documentId: Id, n: number, kind: VersionKind, content: KeptContent): Promise<StoredObject>;
  /**
   * The same for a version that begins with another: S3 copies that one and is sent the tail only.
   * @throws ProblemError `document_changed` when the bytes that S3 copied are not those of the version before
   */
  append(documentId: Id, n: number, kind: VersionKind, content: AppendedContent): Promise<StoredObject>;
}

/** Addresses that let a browser fetch one version for a few minutes. */
export interface DownloadLinks {
  link(
    version: Pick<DocumentVersion, 'key' | 'versionId'>,
    options: { readonly fileName: string; readonly seconds: number },
  ): Promise<string>;
}

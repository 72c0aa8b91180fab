import type { ByteSource } from '../pdf/byte-source.ts';
import type { Write } from '../platform/aws/table.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { Document, DocumentVersion, VersionKind } from './document.ts';

/** What is to be kept: bytes in memory, or a local file whose length and hash are known. */
export type KeptContent = Uint8Array | { readonly path: string; readonly bytes: number; readonly sha256: Sha256Hex };

/** An object as it lies in the documents bucket. */
export interface StoredObject {
  readonly key: string;
  readonly versionId: string;
  readonly sha256: Sha256Hex;
  readonly bytes: number;
  /** True when an earlier run had already stored it; its bytes may then differ from those offered now. */
  readonly adopted: boolean;
}

/** What other capabilities may do with documents. */
export interface Documents {
  /** @throws ProblemError `not_found` */
  document(id: Id): Promise<Document>;
  /** The write that keeps `next`, if the record is still what it was made from (`undefined`: there was none). */
  putWrite(next: Document, previous: Document | undefined): Write;
}

/** The objects behind the versions. */
export interface DocumentObjects {
  /** Reads by range, always this VersionId. Errors of S3 pass through. */
  open(version: Pick<DocumentVersion, 'key' | 'versionId' | 'bytes'>): ByteSource;
  /** All bytes, checked against the version's hash. @throws ProblemError `document_changed` */
  read(version: Pick<DocumentVersion, 'key' | 'versionId' | 'bytes' | 'sha256'>): Promise<Uint8Array>;
  /**
   * Stores a version once (`If-None-Match: *`, SHA-256 checked by S3). What already lies there is adopted: the caller
   * must check it where the bytes of two runs may differ (a signature made twice).
   */
  keep(documentId: Id, n: number, kind: VersionKind, content: KeptContent): Promise<StoredObject>;
}

/** Addresses that let a browser fetch one version for a few minutes. */
export interface DownloadLinks {
  link(
    version: Pick<DocumentVersion, 'key' | 'versionId'>,
    options: { readonly fileName: string; readonly seconds: number },
  ): Promise<string>;
}

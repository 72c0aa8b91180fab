import type { ByteSource } from '../pdf/byte-source.ts';
import type { Id } from '../platform/ids.ts';

/** What it takes to post one file: the form's fields in this order, then the file as the last one. */
export interface FileForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Files that anyone brings to have them verified, too large for a request. They lie apart from all documents, and never for long. */
export interface BroughtFiles {
  /** A form that takes one PDF of exactly `bytes` under this id, for `seconds`. */
  form(terms: { readonly id: Id; readonly bytes: number; readonly seconds: number }): Promise<FileForm>;
  /**
   * The file as it is now, read by range.
   * @throws ProblemError `not_found`; of its reads `document_changed` when another is posted meanwhile
   */
  open(id: Id): Promise<ByteSource>;
  /** Deletes it for good; deleting it twice is the same as once. */
  discard(id: Id): Promise<void>;
}

import type { Write } from '../../platform/aws/table.ts';
import type { Sha256Hex } from '../../platform/hash.ts';
import type { Id } from '../../platform/ids.ts';
import type { IntakeObject, Upload, UploadType } from './upload.ts';

/** Records of uploads. */
export interface Uploads {
  find(id: Id): Promise<Upload | undefined>;
  /** Fails the transaction unless the record is still what `next` was made from (`undefined`: there was none). */
  putWrite(next: Upload, previous: Upload | undefined): Write;
}

/** What a browser needs to post a file: the form's fields in this order, then the file as the last one. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What the form is bound to; S3 refuses everything else. */
export interface UploadTerms {
  readonly id: Id;
  readonly type: UploadType;
  /** Exactly so many. */
  readonly bytes: number;
  /** Mark of the owner; becomes metadata of the object. */
  readonly ownerMark: string;
  readonly seconds: number;
}

export interface UploadForms {
  form(terms: UploadTerms): Promise<UploadForm>;
}

/** A posted file, fetched once into scratch space. */
export interface FetchedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256Hex;
  /** The same before it was finished, of files that are large enough for it to be kept; see `ResumableHash.save`. */
  readonly hashState: Uint8Array | undefined;
  readonly ownerMark: string | undefined;
  /** Removes it from the scratch space. */
  dispose(): Promise<void>;
}

/** The intake bucket, as its worker sees it. */
export interface IntakeObjects {
  /**
   * Reads exactly this version with this ETag, once.
   * @returns `gone` when it is no longer there, `changed` when something else is in its place, `too-large` above `limit` bytes
   */
  fetch(id: Id, object: IntakeObject, limit: number): Promise<FetchedFile | 'gone' | 'changed' | 'too-large'>;
  /** Deletes this version for good; deleting it twice is the same as once. */
  discard(key: string, versionId: string): Promise<void>;
}

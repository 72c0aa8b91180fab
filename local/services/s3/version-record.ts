import type { ChecksumAlgorithm } from './checksums.ts';

/** A run of bytes in a data file of the bucket. Each file belongs to one record alone (copies are hard links). */
export interface Segment {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one without its `-n`. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly kmsKeyId?: string;
  readonly bucketKey?: boolean;
}

/** What a writer says about an object besides its bytes. */
export interface ObjectAttributes {
  /** Lower-case names: content-type, cache-control, content-disposition, … */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata without the `x-amz-meta-` prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: Encryption;
  readonly retention?: Retention;
  readonly legalHold?: boolean;
}

/** The bytes of a version as they are stored. */
export interface StoredContent {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly segments: readonly Segment[];
  readonly checksum?: StoredChecksum;
  /** Only where the object was put together from parts. */
  readonly parts?: readonly { readonly number: number; readonly size: number; readonly checksum?: string }[];
}

interface VersionIdentity {
  /** Name of the sidecar file. */
  readonly id: string;
  readonly key: string;
  /** `null` for versions written while versioning was off. */
  readonly versionId: string;
  /** Grows with every write of the store; orders versions and makes the event's sequencer. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface ObjectVersion extends VersionIdentity, StoredContent, ObjectAttributes {
  readonly kind: 'object';
  /** The multipart upload it came from: tells after a crash that the upload had been completed. */
  readonly uploadId?: string;
  /** Name of an event that its receiver has not confirmed yet. */
  readonly unannounced?: string;
}

export interface DeleteMarker extends VersionIdentity {
  readonly kind: 'delete-marker';
}

export type VersionRecord = ObjectVersion | DeleteMarker;

/** Compares keys as S3 orders them: by their UTF-8 bytes (which is code point order, unlike UTF-16 order). */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

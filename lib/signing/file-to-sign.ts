import type { DocumentVersion } from '../documents/document.ts';
import {
  COPIED_FROM_BYTES,
  type DocumentObjects,
  type StoredObject,
  type VersionSource,
} from '../documents/documents.ts';
import { type ByteSource, memorySource } from '../pdf/byte-source.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Sha256Hex, sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { type ResumableHash, resumeSha256 } from '../platform/running-hash.ts';
import type { SignedPdf } from '../signatures/sign-pdf.ts';

/** A file before a signature: just made, or a version as it is stored. */
export type Unsigned = Uint8Array | DocumentVersion;

/** What reading a file for a signature takes. */
export interface FileReadDeps {
  readonly objects: Pick<DocumentObjects, 'open' | 'read'>;
  readonly log: Pick<Log, 'event'>;
}

export interface FileDeps extends FileReadDeps {
  readonly objects: Pick<DocumentObjects, 'open' | 'read' | 'keep' | 'append'>;
}

/** Where a version goes. */
export interface VersionPlace {
  readonly documentId: Id;
  readonly n: number;
  readonly kind: DocumentVersion['kind'];
}

/** All that a signature needs of a file, however large it is. */
export interface ReadableFile {
  readonly source: ByteSource;
  /** SHA-256 of all its bytes. */
  readonly sha256: Sha256Hex;
  /** The same before it was finished, where it is known: the bytes need not be read for it. */
  readonly hashed?: ResumableHash;
}

/** What a file is stored with. */
export type Appended = Pick<SignedPdf, 'tail' | 'sha256' | 'sourceSha256'>;

/** A file that is about to be signed, and stored with its signature. */
export interface FileToSign extends ReadableFile {
  /** Stores it with its signature, once. @throws ProblemError `document_changed` when other bytes were read than these */
  keep(place: VersionPlace, signed: Appended): Promise<StoredObject>;
}

/**
 * Opens a version for signing. Under 5 MiB it is read and held; a larger one stays where it is: what the signature needs is
 * read by range, and its hash is resumed where it was left.
 */
export async function readFileToSign(deps: FileReadDeps, version: DocumentVersion): Promise<ReadableFile> {
  return version.bytes < COPIED_FROM_BYTES ? held(await deps.objects.read(version)) : stored(deps, version);
}

/** As `readFileToSign`; what was held is sent with its signature, what lies in S3 is copied there. */
export async function openFileToSign(deps: FileDeps, unsigned: Unsigned): Promise<FileToSign> {
  const { objects } = deps;
  if (!(unsigned instanceof Uint8Array) && unsigned.bytes >= COPIED_FROM_BYTES) {
    const file = await stored(deps, unsigned);
    return {
      ...file,
      async keep({ documentId, n, kind }, { tail, sha256, sourceSha256 }) {
        if (sourceSha256 !== unsigned.sha256) throw new ProblemError('document_changed');
        return objects.append(documentId, n, kind, { before: file.source, tail, sha256 });
      },
    };
  }
  const bytes = unsigned instanceof Uint8Array ? unsigned : await objects.read(unsigned);
  return {
    ...held(bytes),
    keep: ({ documentId, n, kind }, { tail }) => objects.keep(documentId, n, kind, Buffer.concat([bytes, tail])),
  };
}

function held(bytes: Uint8Array): ReadableFile {
  return { source: memorySource(bytes), sha256: sha256Hex(bytes) };
}

async function stored(
  { objects, log }: FileReadDeps,
  version: DocumentVersion,
): Promise<ReadableFile & { readonly source: VersionSource }> {
  const hashed = await resumed(version);
  if (!hashed && version.hashState !== undefined) {
    log.event('document.hash-state-refused', { key: version.key, versionId: version.versionId });
  }
  return { source: objects.open(version), sha256: version.sha256, ...(hashed ? { hashed } : {}) };
}

async function resumed({ hashState, sha256 }: DocumentVersion): Promise<ResumableHash | undefined> {
  return hashState === undefined ? undefined : resumeSha256(Buffer.from(hashState, 'base64'), sha256);
}

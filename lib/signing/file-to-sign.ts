import type { DocumentVersion } from '../documents/document.ts';
import { COPIED_FROM_BYTES, type DocumentObjects, type StoredObject } from '../documents/documents.ts';
import { type ByteSource, memorySource } from '../pdf/byte-source.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Sha256Hex, sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { type ResumableHash, resumeSha256 } from '../platform/running-hash.ts';
import type { SignedPdf } from '../signatures/sign-pdf.ts';

/** A file before a signature: just made, or a version as it is stored. */
export type Unsigned = Uint8Array | DocumentVersion;

export interface FileDeps {
  readonly objects: Pick<DocumentObjects, 'open' | 'read' | 'keep' | 'append'>;
  readonly log: Pick<Log, 'event'>;
}

/** Where a version goes. */
export interface VersionPlace {
  readonly documentId: Id;
  readonly n: number;
  readonly kind: DocumentVersion['kind'];
}

/** A file that is about to be signed, however large it is. */
export interface FileToSign {
  readonly source: ByteSource;
  /** SHA-256 of all its bytes. */
  readonly sha256: Sha256Hex;
  /** The same before it was finished, where it is known: the bytes need not be read for it. */
  readonly hashed?: ResumableHash;
  /** Stores it with its signature, once. @throws ProblemError `document_changed` when other bytes were read than these */
  keep(place: VersionPlace, signed: SignedPdf): Promise<StoredObject>;
}

/**
 * Opens a file for signing. A version under 5 MiB is read and held; a larger one stays where it is: what the signature
 * needs is read by range, its hash is resumed where it was left, and S3 copies it.
 */
export async function openFileToSign(deps: FileDeps, unsigned: Unsigned): Promise<FileToSign> {
  if (unsigned instanceof Uint8Array) return heldFile(deps, unsigned);
  if (unsigned.bytes < COPIED_FROM_BYTES) return heldFile(deps, await deps.objects.read(unsigned));
  return storedFile(deps, unsigned);
}

function heldFile({ objects }: FileDeps, bytes: Uint8Array): FileToSign {
  return {
    source: memorySource(bytes),
    sha256: sha256Hex(bytes),
    keep: ({ documentId, n, kind }, { tail }) => objects.keep(documentId, n, kind, Buffer.concat([bytes, tail])),
  };
}

async function storedFile({ objects, log }: FileDeps, version: DocumentVersion): Promise<FileToSign> {
  const source = objects.open(version);
  const hashed = await resumed(version);
  if (!hashed && version.hashState !== undefined) {
    log.event('document.hash-state-refused', { key: version.key, versionId: version.versionId });
  }
  return {
    source,
    sha256: version.sha256,
    ...(hashed ? { hashed } : {}),
    async keep({ documentId, n, kind }, { tail, sha256, sourceSha256 }) {
      if (sourceSha256 !== version.sha256) throw new ProblemError('document_changed');
      return objects.append(documentId, n, kind, { before: source, tail, sha256 });
    },
  };
}

async function resumed({ hashState, sha256 }: DocumentVersion): Promise<ResumableHash | undefined> {
  return hashState === undefined ? undefined : resumeSha256(Buffer.from(hashState, 'base64'), sha256);
}

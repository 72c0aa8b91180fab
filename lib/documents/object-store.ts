import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ProblemError } from '../platform/errors.ts';
import { type Sha256Hex, sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import { AppendVersion } from './append-version-store.ts';
import { type DocumentVersion, objectKey, type VersionKind } from './document.ts';
import type {
  AppendedContent,
  DocumentObjects,
  DownloadLinks,
  KeptContent,
  StoredObject,
  VersionSource,
} from './documents.ts';
import { RangedVersion } from './version-source-store.ts';

/** The documents bucket: versioned, locked, encrypted; nothing in it is ever overwritten or deleted. */
export class ObjectStore implements DocumentObjects, DownloadLinks {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  open(version: DocumentVersion): VersionSource {
    return new RangedVersion(this.#client, this.#bucket, version);
  }

  async read(version: Pick<DocumentVersion, 'key' | 'versionId' | 'bytes' | 'sha256'>): Promise<Uint8Array> {
    const bytes = await this.#get(version);
    if (sha256Hex(bytes) !== version.sha256) throw new ProblemError('document_changed');
    return bytes;
  }

  async keep(documentId: Id, n: number, kind: VersionKind, content: KeptContent): Promise<StoredObject> {
    const key = objectKey(documentId, n, kind);
    const inMemory = content instanceof Uint8Array;
    const sha256 = inMemory ? sha256Hex(content) : content.sha256;
    const bytes = inMemory ? content.length : content.bytes;
    try {
      const answer = await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: await bodyOf(content),
          ContentLength: bytes,
          ContentType: 'application/pdf',
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
          IfNoneMatch: '*',
        }),
      );
      if (!answer.VersionId) throw new Error('the documents bucket must be versioned');
      return { key, versionId: answer.VersionId, sha256, bytes, adopted: false };
    } catch (error) {
      if (nameOf(error) !== 'PreconditionFailed') throw error;
      return this.#adopt(key);
    }
  }

  async append(documentId: Id, n: number, kind: VersionKind, content: AppendedContent): Promise<StoredObject> {
    const key = objectKey(documentId, n, kind);
    const { before, tail, sha256 } = content;
    try {
      const versionId = await new AppendVersion(this.#client, this.#bucket, key).run(content);
      return { key, versionId, sha256, bytes: before.length + tail.length, adopted: false };
    } catch (error) {
      // An upload that is gone was completed by the very call whose answer was lost.
      if (!['PreconditionFailed', 'NoSuchUpload'].includes(nameOf(error))) throw error;
      return this.#adopt(key);
    }
  }

  link(
    version: Pick<DocumentVersion, 'key' | 'versionId'>,
    { fileName, seconds }: { readonly fileName: string; readonly seconds: number },
  ): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: version.key,
      VersionId: version.versionId,
      ResponseContentType: 'application/pdf',
      ResponseContentDisposition: `inline; filename="${fileName}"`,
      ResponseCacheControl: 'private, no-store',
    });
    return getSignedUrl(this.#client, command, { expiresIn: seconds });
  }

  /** What an earlier run stored under the key, by the hash that S3 keeps with it or, of several parts, the run itself. */
  async #adopt(key: string): Promise<StoredObject> {
    const head = await this.#client.send(
      new HeadObjectCommand({ Bucket: this.#bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
    const sha256 = wholeHash(head);
    if (!head.VersionId || !sha256 || head.ContentLength === undefined) {
      throw new Error('an object in the documents bucket lacks its version or its hash');
    }
    return { key, versionId: head.VersionId, sha256, bytes: head.ContentLength, adopted: true };
  }

  async #get(version: Pick<DocumentVersion, 'key' | 'versionId'>): Promise<Uint8Array> {
    const answer = await this.#client.send(
      new GetObjectCommand({ Bucket: this.#bucket, Key: version.key, VersionId: version.versionId }),
    );
    if (!answer.Body) throw new Error('an object without a body');
    return answer.Body.transformToByteArray();
  }
}

/** Up to this size a file is sent from memory: a stream cannot be sent a second time when the first one fails. */
const SENT_FROM_MEMORY = 16 * 1024 * 1024;

async function bodyOf(content: KeptContent) {
  if (content instanceof Uint8Array) return content;
  return content.bytes <= SENT_FROM_MEMORY ? readFile(content.path) : createReadStream(content.path);
}

/** SHA-256 of all bytes: S3 has it of objects that came whole; of others it has one of the hashes of the parts (`…-2`). */
function wholeHash({ ChecksumSHA256, Metadata }: HeadObjectCommandOutput): Sha256Hex | undefined {
  if (ChecksumSHA256 && !ChecksumSHA256.includes('-')) return Buffer.from(ChecksumSHA256, 'base64').toString('hex');
  return /^[0-9a-f]{64}$/.exec(Metadata?.sha256 ?? '')?.[0];
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ByteSource } from '../pdf/byte-source.ts';
import { ProblemError } from '../platform/errors.ts';
import { type Sha256Hex, sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import { type DocumentVersion, objectKey, type VersionKind } from './document.ts';
import type { DocumentObjects, DownloadLinks, KeptContent, StoredObject } from './documents.ts';

/** The documents bucket: versioned, locked, encrypted; nothing in it is ever overwritten or deleted. */
export class ObjectStore implements DocumentObjects, DownloadLinks {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  open(version: Pick<DocumentVersion, 'key' | 'versionId' | 'bytes'>): ByteSource {
    return {
      length: version.bytes,
      read: (offset, length) =>
        length === 0 ? Promise.resolve(new Uint8Array()) : this.#get(version, `bytes=${offset}-${offset + length - 1}`),
    };
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

  /** What an earlier run stored under the key, by the hash that S3 keeps with it. */
  async #adopt(key: string): Promise<StoredObject> {
    const head = await this.#client.send(
      new HeadObjectCommand({ Bucket: this.#bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
    if (!head.VersionId || !head.ChecksumSHA256 || head.ContentLength === undefined) {
      throw new Error('an object in the documents bucket lacks its version or its hash');
    }
    const sha256: Sha256Hex = Buffer.from(head.ChecksumSHA256, 'base64').toString('hex');
    return { key, versionId: head.VersionId, sha256, bytes: head.ContentLength, adopted: true };
  }

  async #get(version: Pick<DocumentVersion, 'key' | 'versionId'>, range?: string): Promise<Uint8Array> {
    const answer = await this.#client.send(
      new GetObjectCommand({ Bucket: this.#bucket, Key: version.key, VersionId: version.versionId, Range: range }),
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

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { chunksOf } from '../pdf/byte-source.ts';
import { ProblemError } from '../platform/errors.ts';
import { sha256Hex } from '../platform/hash.ts';
import { runningHash } from '../platform/running-hash.ts';
import type { AppendedContent } from './documents.ts';

const GIB = 1024 ** 3;
/** The most that one part may hold. */
const LARGEST_PART = 5 * GIB;

/** First and last byte of each part that `bytes` are copied in: as few as may be, all of much the same size. */
export function copiedRanges(bytes: number, largest = LARGEST_PART): { first: number; last: number }[] {
  const count = Math.ceil(bytes / largest);
  const size = Math.ceil(bytes / count);
  return Array.from({ length: count }, (_, part) => ({
    first: part * size,
    last: Math.min(bytes, (part + 1) * size) - 1,
  }));
}

/** One multipart upload that makes an object of a stored version and what is appended to it. */
export class AppendVersion {
  readonly #client: S3Client;
  readonly #object: { readonly Bucket: string; readonly Key: string };

  constructor(client: S3Client, Bucket: string, Key: string) {
    this.#client = client;
    this.#object = { Bucket, Key };
  }

  /**
   * S3 copies the version and is sent the tail only. Nothing lies under the key before S3's own SHA-256 of the copied
   * bytes, or a read of them where S3 copied in several parts, is the version's.
   * @returns the new VersionId
   * @throws ProblemError `document_changed`; S3's `PreconditionFailed` when something lies under the key already. Either
   *   way, and on any other failure, the upload is aborted; what a killed run leaves, the bucket's lifecycle removes.
   */
  async run(content: AppendedContent): Promise<string> {
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({
        ...this.#object,
        ContentType: 'application/pdf',
        ChecksumAlgorithm: 'SHA256',
        ChecksumType: 'COMPOSITE',
        Metadata: { sha256: content.sha256 },
      }),
    );
    if (!UploadId) throw new Error('a multipart upload without an id');
    try {
      const copied = await this.#copy(UploadId, content);
      await proveCopied(copied, content);
      const tail = await this.#upload(UploadId, copied.length + 1, content.tail);
      return await this.#complete(UploadId, [...copied, tail]);
    } catch (error) {
      // The failure is what counts, not whether it could be cleaned up after.
      await this.#client.send(new AbortMultipartUploadCommand({ ...this.#object, UploadId })).catch(() => {});
      throw error;
    }
  }

  async #copy(UploadId: string, { before }: AppendedContent): Promise<CompletedPart[]> {
    const parts: CompletedPart[] = [];
    for (const range of copiedRanges(before.version.bytes)) {
      parts.push(await this.#copyPart(UploadId, parts.length + 1, before, range));
    }
    return parts;
  }

  async #copyPart(
    UploadId: string,
    PartNumber: number,
    { version, etag }: AppendedContent['before'],
    { first, last }: { readonly first: number; readonly last: number },
  ): Promise<CompletedPart> {
    const path = [this.#object.Bucket, ...version.key.split('/')].map(encodeURIComponent).join('/');
    const copy = new UploadPartCopyCommand({
      ...this.#object,
      UploadId,
      PartNumber,
      CopySource: `${path}?versionId=${encodeURIComponent(version.versionId)}`,
      CopySourceIfMatch: etag,
      CopySourceRange: `bytes=${first}-${last}`,
    });
    try {
      const { CopyPartResult } = await this.#client.send(copy);
      return { PartNumber, ETag: CopyPartResult?.ETag, ChecksumSHA256: CopyPartResult?.ChecksumSHA256 };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
      throw new ProblemError('document_changed', { detail: 'The object is not the one that was read.' });
    }
  }

  async #upload(UploadId: string, PartNumber: number, tail: Uint8Array): Promise<CompletedPart> {
    const ChecksumSHA256 = Buffer.from(sha256Hex(tail), 'hex').toString('base64');
    const { ETag } = await this.#client.send(
      new UploadPartCommand({
        ...this.#object,
        UploadId,
        PartNumber,
        Body: tail,
        ContentLength: tail.length,
        ChecksumSHA256,
      }),
    );
    return { PartNumber, ETag, ChecksumSHA256 };
  }

  async #complete(UploadId: string, Parts: CompletedPart[]): Promise<string> {
    const { VersionId } = await this.#client.send(
      new CompleteMultipartUploadCommand({
        ...this.#object,
        UploadId,
        MultipartUpload: { Parts },
        IfNoneMatch: '*',
      }),
    );
    if (!VersionId) throw new Error('the documents bucket must be versioned');
    return VersionId;
  }
}

/** The hash of a part is that of the version where one part is all of it; else the version is read to be sure. */
async function proveCopied(copied: readonly CompletedPart[], { before }: AppendedContent): Promise<void> {
  const [only, ...more] = copied;
  const known = more.length === 0 ? only?.ChecksumSHA256 : undefined;
  const found = known === undefined ? await hashOf(before) : Buffer.from(known, 'base64').toString('hex');
  if (found !== before.version.sha256) {
    throw new ProblemError('document_changed', { detail: 'What is stored is not what its record says.' });
  }
}

async function hashOf(source: AppendedContent['before']): Promise<string> {
  const hash = runningHash('sha256');
  for await (const chunk of chunksOf(source)) hash.update(chunk);
  return Buffer.from(hash.digest()).toString('hex');
}

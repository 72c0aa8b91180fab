import { DeleteObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { type ByteSource, chunksOf } from '../pdf/byte-source.ts';
import { ProblemError } from '../platform/errors.ts';
import type { Id } from '../platform/ids.ts';
import type { BroughtFiles, FileForm } from './brought-files.ts';

/** An object as it lies in the bucket at one moment. */
interface PresentObject {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string | undefined;
}

/** The bucket for verification: without versions, so that what is deleted is gone. The key is the id. */
export class BroughtFileStore implements BroughtFiles {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #ranged: (object: PresentObject) => ByteSource;
  /** @param ranged reads an object by range, bound to its ETag */
  constructor(client: S3Client, bucket: string, ranged: (object: PresentObject) => ByteSource) {
    this.#client = client;
    this.#bucket = bucket;
    this.#ranged = ranged;
  }

  form({ id, bytes, seconds }: Parameters<BroughtFiles['form']>[0]): Promise<FileForm> {
    return createPresignedPost(this.#client, {
      Bucket: this.#bucket,
      Key: id,
      Fields: { 'Content-Type': 'application/pdf' },
      Conditions: [['content-length-range', bytes, bytes]],
      Expires: seconds,
    });
  }

  async open(id: Id): Promise<ByteSource> {
    const head = new HeadObjectCommand({ Bucket: this.#bucket, Key: id });
    const { ContentLength = 0, ETag } = await present(this.#client.send(head));
    const source = this.#ranged({ key: id, bytes: ContentLength, etag: ETag });
    return {
      length: source.length,
      read: (offset, length) => present(source.read(offset, length)),
      async *stream() {
        const chunks = chunksOf(source)[Symbol.asyncIterator]();
        try {
          for (let next = await present(chunks.next()); !next.done; next = await present(chunks.next()))
            yield next.value;
        } finally {
          await chunks.return?.();
        }
      },
    };
  }

  async discard(id: Id): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: id }));
  }
}

/** An object that is not there, no longer, or is no longer the same. */
async function present<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (['NoSuchKey', 'NotFound'].includes(name)) throw new ProblemError('not_found', { field: 'id' });
    if (name === 'PreconditionFailed') throw new ProblemError('document_changed');
    throw error;
  }
}

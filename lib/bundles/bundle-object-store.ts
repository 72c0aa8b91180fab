import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { BundleObjects } from './bundles.ts';

/** The bucket of bundles, which empties itself after a day. */
export class BundleObjectStore implements BundleObjects {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(id: Id, content: AsyncIterable<Uint8Array>): Promise<{ sha256: Sha256Hex; bytes: number }> {
    const hash = createHash('sha256');
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    const Body = Readable.from(counted(), { objectMode: false });
    const params = { Bucket: this.#bucket, Key: keyOf(id), Body, ContentType: 'application/zip' };
    await new Upload({ client: this.#client, params }).done();
    return { sha256: hash.digest('hex'), bytes };
  }

  link(id: Id, { fileName, seconds }: { readonly fileName: string; readonly seconds: number }): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: keyOf(id),
      ResponseContentType: 'application/zip',
      ResponseContentDisposition: `attachment; filename="${fileName}"`,
      ResponseCacheControl: 'private, no-store',
    });
    return getSignedUrl(this.#client, command, { expiresIn: seconds });
  }
}

const keyOf = (id: Id): string => `${id}.zip`;

import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Id } from '../../platform/ids.ts';
import { INTAKE_PREFIX } from '../../platform/names.ts';
import { resumableSha256, runningHash } from '../../platform/running-hash.ts';
import { COPIED_FROM_BYTES } from '../documents.ts';
import type { IntakeObject } from './upload.ts';
import type { FetchedFile, IntakeObjects } from './uploads.ts';

/** The intake bucket for its worker: it reads once and deletes. */
export class IntakeStore implements IntakeObjects {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async fetch(id: Id, object: IntakeObject, limit: number): Promise<FetchedFile | 'gone' | 'changed' | 'too-large'> {
    try {
      const answer = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucket,
          Key: `${INTAKE_PREFIX}${id}`,
          VersionId: object.versionId,
          IfMatch: object.etag,
        }),
      );
      const body = answer.Body as Readable;
      const announced = answer.ContentLength ?? 0;
      if (announced > limit) {
        body.destroy();
        return 'too-large';
      }
      return { ...(await toScratch(body, announced)), ownerMark: answer.Metadata?.owner };
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (['NoSuchKey', 'NoSuchVersion', 'NotFound'].includes(name)) return 'gone';
      if (name === 'PreconditionFailed') return 'changed';
      throw error;
    }
  }

  async discard(key: string, versionId: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId }));
  }
}

/** Writes a stream to a file of its own and hashes it on the way: large ones so that the next hash can go on from there. */
async function toScratch(body: Readable, announced: number): Promise<Omit<FetchedFile, 'ownerMark'>> {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'content');
  const hash = announced < COPIED_FROM_BYTES ? runningHash('sha256') : await resumableSha256();
  let bytes = 0;
  try {
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600 }),
    );
    const sha256 = Buffer.from(hash.digest()).toString('hex');
    return { path, bytes, sha256, hashState: hash.save?.(), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

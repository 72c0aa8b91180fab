import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LocalDate } from '../../platform/clock.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { ROOTS_PREFIX } from '../../platform/names.ts';
import type { RootFileName, RootObject, RootObjects } from './roots.ts';

const TYPES: Readonly<Record<RootFileName, string>> = {
  'leaves.jsonl': 'application/jsonl',
  'root.json': 'application/json',
  'timestamp.tst': 'application/vnd.etsi.timestamp-token',
};

/** The files of the daily roots in the documents bucket: versioned, under its Object Lock from the moment they are written. */
export class RootObjectStore implements RootObjects {
  readonly #client: S3Client;
  readonly #bucket: string;
  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async keep(day: LocalDate, name: RootFileName, bytes: Uint8Array): Promise<RootObject & { adopted: boolean }> {
    const key = `${ROOTS_PREFIX}${day}/${name}`;
    const sha256 = sha256Hex(bytes);
    const put = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: TYPES[name],
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      IfNoneMatch: '*',
    });
    try {
      const { VersionId } = await this.#client.send(put);
      if (!VersionId) throw new Error('the documents bucket must be versioned');
      return { key, versionId: VersionId, sha256, bytes: bytes.length, adopted: false };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
      return this.#adopt(key);
    }
  }

  async read({ key, versionId, sha256 }: RootObject): Promise<Uint8Array> {
    const answer = await this.#client.send(
      new GetObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId }),
    );
    const bytes = await answer.Body!.transformToByteArray();
    if (sha256Hex(bytes) !== sha256) throw new Error(`the bytes of ${key} are not those that were kept`);
    return bytes;
  }

  async #adopt(key: string): Promise<RootObject & { adopted: boolean }> {
    const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    const bytes = await answer.Body!.transformToByteArray();
    if (!answer.VersionId) throw new Error('the documents bucket must be versioned');
    return { key, versionId: answer.VersionId, sha256: sha256Hex(bytes), bytes: bytes.length, adopted: true };
  }
}

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Bucket, type Ids } from './bucket.ts';
import { type BucketSettings, isBucketName } from './bucket-settings.ts';
import { S3Error } from './s3-error.ts';

/** The buckets of the account. */
export class BucketRegistry {
  readonly #dir: string;
  readonly #ids: Ids;
  readonly #buckets = new Map<string, Bucket>();

  private constructor(dir: string, ids: Ids) {
    this.#dir = dir;
    this.#ids = ids;
  }

  static async open(dir: string, ids: Ids): Promise<BucketRegistry> {
    mkdirSync(dir, { recursive: true });
    const registry = new BucketRegistry(dir, ids);
    for (const name of readdirSync(dir)) {
      // A folder without its bucket.json is a bucket whose creation was cut short: it never existed.
      if (existsSync(join(dir, name, 'bucket.json'))) {
        registry.#buckets.set(name, await Bucket.open(join(dir, name), ids));
      }
    }
    return registry;
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  /** Throws `NoSuchBucket`. */
  get(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
    return bucket;
  }

  all(): Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @param now epoch milliseconds */
  async create(name: string, settings: BucketSettings, now: number): Promise<Bucket> {
    if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { fields: { BucketName: name } });
    if (this.#buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou', { fields: { BucketName: name } });
    const bucket = await Bucket.create(join(this.#dir, name), { name, createdAt: now, settings }, this.#ids);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** Throws `BucketNotEmpty` while it has any version. */
  async delete(bucket: Bucket): Promise<void> {
    if (!bucket.index.isEmpty) throw new S3Error('BucketNotEmpty', { fields: { BucketName: bucket.name } });
    this.#buckets.delete(bucket.name);
    await bucket.destroy();
  }
}

import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BucketSettings } from './bucket-settings.ts';
import { DataFiles } from './data-files.ts';
import { KeyLocks } from './key-locks.ts';
import { readRecords, sweepFiles, writeRecord } from './record-files.ts';
import { UploadStore } from './upload-store.ts';
import { VersionIndex } from './version-index.ts';
import type { ObjectVersion, VersionRecord } from './version-record.ts';

interface BucketRecord {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly settings: BucketSettings;
}

/** Mints names of files, versions and uploads. */
export interface Ids {
  next(): string;
}

/**
 * One bucket on disk: `bucket.json`, `versions/<id>.json` (one sidecar per version), `data/<file>`, `uploads/<id>/`.
 * A version exists from the rename of its sidecar on; everything before that is unseen, everything unseen is swept at start.
 */
export class Bucket {
  readonly dir: string;
  readonly data: DataFiles;
  readonly uploads: UploadStore;
  readonly index = new VersionIndex();
  readonly locks = new KeyLocks();
  #record: BucketRecord;
  #sequence = 0;

  private constructor(dir: string, record: BucketRecord, ids: Ids) {
    this.dir = dir;
    this.#record = record;
    for (const part of ['versions', 'data', 'uploads']) mkdirSync(join(dir, part), { recursive: true });
    this.data = new DataFiles(join(dir, 'data'), () => ids.next());
    this.uploads = new UploadStore(join(dir, 'uploads'));
  }

  static async create(dir: string, record: BucketRecord, ids: Ids): Promise<Bucket> {
    const bucket = new Bucket(dir, record, ids);
    await writeRecord(join(dir, 'bucket.json'), record);
    return bucket;
  }

  /** Reads a bucket back after a start, finishing or undoing what a crash interrupted. */
  static async open(dir: string, ids: Ids): Promise<Bucket> {
    const record = JSON.parse(readFileSync(join(dir, 'bucket.json'), 'utf8')) as BucketRecord;
    const bucket = new Bucket(dir, record, ids);
    await bucket.#load();
    return bucket;
  }

  get name(): string {
    return this.#record.name;
  }

  get createdAt(): number {
    return this.#record.createdAt;
  }

  get settings(): BucketSettings {
    return this.#record.settings;
  }

  async configure(settings: BucketSettings): Promise<void> {
    this.#record = { ...this.#record, settings };
    await writeRecord(join(this.dir, 'bucket.json'), this.#record);
  }

  /** Number for the next version of any key. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Makes a version exist. It takes the place of the version of the same id (`null`), if there is one. */
  async commit(record: VersionRecord): Promise<void> {
    const replaced = this.index.version(record.key, record.versionId);
    await writeRecord(this.#sidecar(record), record);
    this.index.add(record);
    if (replaced) await this.remove(replaced);
  }

  /** Changes what a version's sidecar says, not its bytes. */
  async update(record: VersionRecord): Promise<void> {
    await writeRecord(this.#sidecar(record), record);
    this.index.replace(record);
  }

  /** Removes a version for good. */
  async remove(record: VersionRecord): Promise<void> {
    this.index.remove(record);
    await rm(this.#sidecar(record), { force: true });
    if (record.kind === 'object') await this.data.remove(record.segments);
  }

  async destroy(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  #sidecar(record: VersionRecord): string {
    return join(this.dir, 'versions', `${record.id}.json`);
  }

  async #load(): Promise<void> {
    const records = readRecords<VersionRecord>(join(this.dir, 'versions')).sort((a, b) => a.sequence - b.sequence);
    const completed = new Set<string>();
    for (const record of records) {
      this.#sequence = Math.max(this.#sequence, record.sequence);
      if (record.kind === 'object' && !this.#hasItsBytes(record)) continue;
      const older = this.index.version(record.key, record.versionId);
      if (older) this.index.remove(older);
      this.index.add(record);
      if (record.kind === 'object' && record.uploadId !== undefined) completed.add(record.uploadId);
    }
    await this.uploads.load(completed);
    await this.#sweep();
  }

  async #sweep(): Promise<void> {
    const sidecars = new Set<string>();
    const files = new Set(this.uploads.files());
    for (const key of this.index.keysFrom('')) {
      for (const record of this.index.versions(key)) {
        sidecars.add(`${record.id}.json`);
        if (record.kind === 'object') for (const { file } of record.segments) files.add(file);
      }
    }
    await sweepFiles(join(this.dir, 'versions'), (name) => sidecars.has(name));
    await sweepFiles(join(this.dir, 'data'), (name) => files.has(name));
  }

  /** After a power cut a renamed sidecar may have survived the bytes it speaks of. */
  #hasItsBytes(record: ObjectVersion): boolean {
    return record.segments.every(({ file, offset, length }) => {
      const path = join(this.dir, 'data', file);
      return existsSync(path) && statSync(path).size >= offset + length;
    });
  }
}

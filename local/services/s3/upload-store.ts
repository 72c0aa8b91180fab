import { mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChecksumAlgorithm } from './checksums.ts';
import { readRecords, writeRecord } from './record-files.ts';
import type { ObjectAttributes, Segment, StoredChecksum } from './version-record.ts';

export interface UploadedPart {
  readonly number: number;
  readonly size: number;
  /** Hex MD5. */
  readonly etag: string;
  /** Base64, of the upload's algorithm. */
  readonly checksum: string;
  readonly segments: readonly Segment[];
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface MultipartUpload {
  readonly id: string;
  readonly key: string;
  /** Epoch milliseconds. */
  readonly initiatedAt: number;
  readonly attributes: ObjectAttributes;
  readonly checksum: {
    readonly algorithm: ChecksumAlgorithm;
    readonly type: StoredChecksum['type'];
    /** False where the sender named no algorithm and the store chose. */
    readonly asked: boolean;
  };
}

interface OpenUpload {
  readonly upload: MultipartUpload;
  readonly parts: Map<number, UploadedPart>;
}

/** Multipart uploads that are not completed: `uploads/<id>/upload.json` and one `<number>.json` per part. */
export class UploadStore {
  readonly #dir: string;
  readonly #open = new Map<string, OpenUpload>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Reads what is on disk; uploads that a version already came from are over. */
  async load(completed: ReadonlySet<string>): Promise<void> {
    for (const id of readdirSync(this.#dir)) {
      const dir = join(this.#dir, id);
      const records = readRecords<UploadedPart | MultipartUpload>(dir);
      const upload = records.find((record): record is MultipartUpload => 'attributes' in record);
      if (!upload || completed.has(id)) {
        await rm(dir, { recursive: true, force: true });
        continue;
      }
      const parts = records.filter((record): record is UploadedPart => 'number' in record);
      this.#open.set(id, { upload, parts: new Map(parts.map((part) => [part.number, part])) });
    }
  }

  find(id: string, key: string): MultipartUpload | undefined {
    const open = this.#open.get(id);
    return open?.upload.key === key ? open.upload : undefined;
  }

  all(): MultipartUpload[] {
    return [...this.#open.values()].map(({ upload }) => upload);
  }

  /** Parts of an upload in the order of their numbers. */
  parts(id: string): UploadedPart[] {
    return [...(this.#open.get(id)?.parts.values() ?? [])].sort((a, b) => a.number - b.number);
  }

  async start(upload: MultipartUpload): Promise<void> {
    mkdirSync(join(this.#dir, upload.id));
    await writeRecord(join(this.#dir, upload.id, 'upload.json'), upload);
    this.#open.set(upload.id, { upload, parts: new Map() });
  }

  /** Keeps a part; returns the one it replaces. `undefined` as a whole where the upload has ended meanwhile. */
  async keep(id: string, part: UploadedPart): Promise<{ replaced: UploadedPart | undefined } | undefined> {
    const open = this.#open.get(id);
    if (!open) return undefined;
    await writeRecord(join(this.#dir, id, `${part.number}.json`), part);
    const replaced = open.parts.get(part.number);
    open.parts.set(part.number, part);
    return { replaced };
  }

  /** Forgets an upload; its files are the caller's to remove or to use. */
  async end(id: string): Promise<void> {
    this.#open.delete(id);
    await rm(join(this.#dir, id), { recursive: true, force: true });
  }

  /** Every data file that a part uses. */
  files(): string[] {
    return [...this.#open.keys()].flatMap((id) =>
      this.parts(id).flatMap((part) => part.segments.map(({ file }) => file)),
    );
  }
}

import type { Bucket } from './bucket.ts';
import { type S3EventReceiver, s3Event } from './event.ts';
import type { ObjectVersion, VersionRecord } from './version-record.ts';

/**
 * Tells the receiver of a bucket what happens in it. A creation is noted in the version's own sidecar until the receiver
 * has taken it, so it is told at least once, whatever crashes in between; removals are told once.
 */
export class Announcer {
  readonly #account: { readonly region: string; readonly accountId: string };
  readonly #receivers = new Map<string, S3EventReceiver>();
  readonly #running = new Set<Promise<void>>();
  readonly #report: (error: unknown) => void;

  constructor(account: { region: string; accountId: string }, report: (error: unknown) => void) {
    this.#account = account;
    this.#report = report;
  }

  hears(bucket: Bucket): boolean {
    return this.#receivers.has(bucket.name);
  }

  /** Sets the receiver of a bucket, and tells it at once what it has not confirmed before the last stop. */
  listen(bucket: Bucket, receiver: S3EventReceiver): void {
    this.#receivers.set(bucket.name, receiver);
    for (const key of bucket.index.keysFrom('')) {
      for (const record of bucket.index.versions(key)) {
        if (record.kind === 'object' && record.unannounced !== undefined) this.created(bucket, record);
      }
    }
  }

  created(bucket: Bucket, record: ObjectVersion): void {
    if (record.unannounced === undefined) return;
    this.#tell(bucket, record, record.unannounced, () => confirm(bucket, record));
  }

  removed(bucket: Bucket, record: VersionRecord, eventName: string): void {
    if (this.hears(bucket)) this.#tell(bucket, record, eventName, async () => {});
  }

  /** Resolves when every event under way has been taken or refused. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #tell(bucket: Bucket, record: VersionRecord, eventName: string, confirmed: () => Promise<void>): void {
    const receiver = this.#receivers.get(bucket.name);
    if (!receiver) return;
    const event = s3Event(bucket, record, eventName, this.#account);
    const telling: Promise<void> = Promise.resolve()
      .then(() => receiver(event))
      .then(confirmed)
      .catch(this.#report)
      .finally(() => this.#running.delete(telling));
    this.#running.add(telling);
  }
}

/** Crosses the event off in the sidecar, unless the version has gone meanwhile. */
function confirm(bucket: Bucket, record: ObjectVersion): Promise<void> {
  return bucket.locks.run(record.key, async () => {
    const now = bucket.index.version(record.key, record.versionId);
    if (now?.id !== record.id || now.kind !== 'object') return;
    const { unannounced: _, ...announced } = now;
    await bucket.update(announced);
  });
}

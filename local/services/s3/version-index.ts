import { compareKeys, type ObjectVersion, type VersionRecord } from './version-record.ts';

/** The versions of a bucket in memory: by key, newest first, with the keys in S3's order. */
export class VersionIndex {
  readonly #byKey = new Map<string, VersionRecord[]>();
  readonly #keys: string[] = [];

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Newest version, delete markers included. */
  latest(key: string): VersionRecord | undefined {
    return this.#byKey.get(key)?.[0];
  }

  /** The object that a GET without a version sees. */
  current(key: string): ObjectVersion | undefined {
    const latest = this.latest(key);
    return latest?.kind === 'object' ? latest : undefined;
  }

  version(key: string, versionId: string): VersionRecord | undefined {
    return this.#byKey.get(key)?.find((record) => record.versionId === versionId);
  }

  versions(key: string): readonly VersionRecord[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Keys in order, from the first that is not below `from`. */
  *keysFrom(from: string): Generator<string> {
    for (let at = this.#position(from); at < this.#keys.length; at++) yield this.#keys[at] as string;
  }

  add(record: VersionRecord): void {
    const versions = this.#byKey.get(record.key);
    if (!versions) {
      this.#byKey.set(record.key, [record]);
      this.#keys.splice(this.#position(record.key), 0, record.key);
      return;
    }
    const at = versions.findIndex((other) => other.sequence < record.sequence);
    versions.splice(at < 0 ? versions.length : at, 0, record);
  }

  replace(record: VersionRecord): void {
    const versions = this.#byKey.get(record.key);
    const at = versions?.findIndex(({ id }) => id === record.id) ?? -1;
    if (versions && at >= 0) versions[at] = record;
  }

  remove(record: VersionRecord): void {
    const versions = this.#byKey.get(record.key);
    const at = versions?.findIndex(({ id }) => id === record.id) ?? -1;
    if (!versions || at < 0) return;
    versions.splice(at, 1);
    if (versions.length > 0) return;
    this.#byKey.delete(record.key);
    this.#keys.splice(this.#position(record.key), 1);
  }

  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#keys[middle] as string, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

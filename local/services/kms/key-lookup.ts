import { ServiceFault } from '../json-protocol.ts';
import type { KeyStore, StoredKey } from './key-store.ts';

/** The account and region that ARNs are made of. */
export interface KmsPlace {
  readonly region: string;
  readonly accountId: string;
}

/** A key found by what a request calls it, and the alias it was called by. */
export interface FoundKey {
  readonly key: StoredKey;
  /** `alias/…` when the request named the key so. */
  readonly requestAlias: string | undefined;
}

export function keyArn(place: KmsPlace, keyId: string): string {
  return `arn:aws:kms:${place.region}:${place.accountId}:key/${keyId}`;
}

/** ARN of an alias; `name` begins with `alias/`. */
export function aliasArn(place: KmsPlace, name: string): string {
  return `arn:aws:kms:${place.region}:${place.accountId}:${name}`;
}

/**
 * Finds a key by id, key ARN, alias name or alias ARN.
 * @throws ServiceFault `NotFoundException`
 */
export function findKey(store: KeyStore, place: KmsPlace, named: string): FoundKey {
  const prefix = `arn:aws:kms:${place.region}:${place.accountId}:`;
  const local = named.startsWith(prefix) ? named.slice(prefix.length) : named;
  if (!local.startsWith('alias/'))
    return { key: findById(store, place, local.replace(/^key\//, '')), requestAlias: undefined };
  const alias = store.aliases()[local];
  if (!alias) throw new ServiceFault('NotFoundException', `Alias ${aliasArn(place, local)} is not found.`);
  return { key: findById(store, place, alias.keyId), requestAlias: local };
}

function findById(store: KeyStore, place: KmsPlace, keyId: string): StoredKey {
  const key = store.get(keyId);
  if (!key)
    throw new ServiceFault(
      'NotFoundException',
      keyId.startsWith('arn:') ? `Invalid arn ${keyId}` : `Key '${keyArn(place, keyId)}' does not exist`,
    );
  return key;
}

/** The names of a key's aliases. */
export function aliasesOf(store: KeyStore, keyId: string): readonly string[] {
  return Object.entries(store.aliases())
    .filter(([, alias]) => alias.keyId === keyId)
    .map(([name]) => name)
    .sort();
}

/** Tags on the wire, as a record. */
export function readTags(
  tags: readonly Readonly<Record<string, unknown>>[] | undefined,
): Readonly<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const tag of tags ?? []) {
    const { TagKey: name, TagValue: value } = tag;
    if (typeof name !== 'string' || typeof value !== 'string' || name === '' || name.startsWith('aws:')) {
      throw new ServiceFault('TagException', 'A tag needs a TagKey that does not begin with aws: and a TagValue.');
    }
    if (Object.hasOwn(read, name)) throw new ServiceFault('TagException', `Duplicate tag key ${name}.`);
    read[name] = value;
  }
  return read;
}

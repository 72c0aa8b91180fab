import { createPrivateKey, createSecretKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeySpec, KeyUsage } from './key-specs.ts';

const newKeyPair = promisify(generateKeyPair);

/** What is known of a key beside its material. Times are epoch milliseconds. */
export interface KeyRecord {
  readonly keyId: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly createdAt: number;
  readonly description: string;
  readonly enabled: boolean;
  /** When the key is deleted, once that is scheduled. */
  readonly deletionAt: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy: string | undefined;
  readonly rotation: boolean;
  /** Name under which the template asked for it, so that a restart finds it again. */
  readonly declaredAs: string | undefined;
}

/** A key with its material: a private key, or the bytes of a symmetric one. */
export interface StoredKey extends KeyRecord {
  readonly material: KeyObject;
}

/** An alias and the key it stands for. */
export interface AliasRecord {
  readonly keyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * Keys and aliases on the disk: a file a key, readable by its owner alone, each written beside and renamed into place.
 * All of it is held in memory as well.
 */
export class KeyStore {
  readonly #dir: string;
  readonly #keys = new Map<string, StoredKey>();
  #aliases: Readonly<Record<string, AliasRecord>> = {};
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async open(dir: string): Promise<KeyStore> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const store = new KeyStore(dir);
    for (const file of await readdir(dir)) {
      if (file.endsWith('.new')) await rm(join(dir, file));
      else if (file === 'aliases.json') store.#aliases = JSON.parse(await readFile(join(dir, file), 'utf8'));
      else if (file.endsWith('.json')) store.#load(JSON.parse(await readFile(join(dir, file), 'utf8')));
    }
    return store;
  }

  #load(file: KeyRecord & { readonly material: string }): void {
    this.#keys.set(file.keyId, { ...file, material: readMaterial(file.spec, file.material) });
  }

  get(keyId: string): StoredKey | undefined {
    return this.#keys.get(keyId);
  }

  list(): readonly StoredKey[] {
    return [...this.#keys.values()];
  }

  aliases(): Readonly<Record<string, AliasRecord>> {
    return this.#aliases;
  }

  /** Makes the material for a new key and keeps it. */
  async create(record: KeyRecord): Promise<StoredKey> {
    const key: StoredKey = { ...record, material: await newMaterial(record.spec) };
    await this.put(key);
    return key;
  }

  async put(key: StoredKey): Promise<void> {
    await this.#write(`${key.keyId}.json`, { ...key, material: exportMaterial(key.material) });
    this.#keys.set(key.keyId, key);
  }

  async remove(keyId: string): Promise<void> {
    this.#keys.delete(keyId);
    await rm(join(this.#dir, `${keyId}.json`), { force: true });
    const left = Object.entries(this.#aliases).filter(([, alias]) => alias.keyId !== keyId);
    await this.putAliases(Object.fromEntries(left));
  }

  async putAliases(aliases: Readonly<Record<string, AliasRecord>>): Promise<void> {
    this.#aliases = aliases;
    await this.#write('aliases.json', aliases);
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  /** One write at a time, each all or nothing. */
  #write(name: string, content: unknown): Promise<void> {
    const write = async () => {
      const path = join(this.#dir, name);
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(content));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    };
    const written = this.#writing.then(write, write);
    this.#writing = written.catch(() => {});
    return written;
  }
}

async function newMaterial(spec: KeySpec): Promise<KeyObject> {
  if (spec === 'SYMMETRIC_DEFAULT') return createSecretKey(randomBytes(32));
  if (spec.startsWith('RSA_')) return (await newKeyPair('rsa', { modulusLength: Number(spec.slice(4)) })).privateKey;
  return (await newKeyPair('ec', { namedCurve: spec === 'ECC_NIST_P256' ? 'prime256v1' : 'secp384r1' })).privateKey;
}

function exportMaterial(material: KeyObject): string {
  if (material.type === 'secret') return material.export().toString('base64');
  return material.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

function readMaterial(spec: KeySpec, text: string): KeyObject {
  const bytes = Buffer.from(text, 'base64');
  return spec === 'SYMMETRIC_DEFAULT'
    ? createSecretKey(bytes)
    : createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
}

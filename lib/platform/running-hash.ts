import { createHash, type Hash } from 'node:crypto';
import { createSHA256, type IHasher } from 'hash-wasm';
import type { Sha256Hex } from './hash.ts';

/** A hash of what came so far; more may follow, in several directions. */
export interface RunningHash {
  update(bytes: Uint8Array): this;
  /** The hash of what came so far; it runs on. */
  digest(): Uint8Array;
  /** Another that goes on from here by itself. */
  fork(): RunningHash;
  /** Only where it is a `ResumableHash`. */
  save?(): Uint8Array;
}

/** A SHA-256 that can be laid down and taken up again later, in another process. */
export interface ResumableHash extends RunningHash {
  fork(): ResumableHash;
  /**
   * Its state: chaining value, length, and up to 63 of the last bytes as they are, so it is as sensitive as they are. Whoever
   * takes it up believes that it belongs to the bytes it is said to belong to: see `resumeSha256`.
   */
  save(): Uint8Array;
}

/** The fastest there is, for whoever reads all the bytes anyway. @param algorithm as node:crypto names it */
export function runningHash(algorithm: string): RunningHash {
  return new NativeHash(createHash(algorithm));
}

class NativeHash implements RunningHash {
  readonly #hash: Hash;
  constructor(hash: Hash) {
    this.#hash = hash;
  }

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  digest(): Uint8Array {
    return this.#hash.copy().digest();
  }

  fork(): RunningHash {
    return new NativeHash(this.#hash.copy());
  }
}

/** Starts a SHA-256 whose state can be saved: node:crypto does not give its state away. Some six times slower. */
export async function resumableSha256(): Promise<ResumableHash> {
  const engine = await sharedEngine();
  return new WasmHash(engine, engine.init().save());
}

/**
 * Takes up a saved SHA-256. A state is input to be trusted, so it is believed only when it finishes to the known hash of
 * the bytes it stands for; their length is part of what is finished (FIPS 180-4 §5.1.1).
 * @returns undefined for a state of other bytes, of another build of the engine, or no state at all
 */
export async function resumeSha256(state: Uint8Array, finishesTo: Sha256Hex): Promise<ResumableHash | undefined> {
  const engine = await sharedEngine();
  try {
    const resumed = new WasmHash(engine, Uint8Array.from(engine.load(state).save()));
    return Buffer.from(resumed.digest()).toString('hex') === finishesTo ? resumed : undefined;
  } catch {
    return undefined;
  }
}

let engine: Promise<IHasher> | undefined;

/** One instance serves all hashes in turn: each call loads its state, works and saves it, without a pause between. */
function sharedEngine(): Promise<IHasher> {
  engine ??= createSHA256();
  return engine;
}

class WasmHash implements ResumableHash {
  readonly #engine: IHasher;
  #state: Uint8Array;
  constructor(engine: IHasher, state: Uint8Array) {
    this.#engine = engine;
    this.#state = state;
  }

  update(bytes: Uint8Array): this {
    this.#state = this.#engine.load(this.#state).update(bytes).save();
    return this;
  }

  digest(): Uint8Array {
    return this.#engine.load(this.#state).digest('binary');
  }

  fork(): ResumableHash {
    return new WasmHash(this.#engine, this.#state);
  }

  save(): Uint8Array {
    return Uint8Array.from(this.#state);
  }
}

import type { Hash } from 'node:crypto';
import { type ByteSource, chunksOf } from '../../pdf/byte-source.ts';
import { type HashName, hashOptions, hashWith } from '../../pki/algorithms.ts';

/** A digest that is wanted: of the first `head` bytes of the file, followed by the bytes from `from` to before `to`. */
export interface DigestRequest {
  readonly hash: HashName;
  readonly head: number;
  readonly from: number;
  readonly to: number;
}

/** The digest of all bytes of a file. */
export function wholeFile(source: ByteSource, hash: HashName = 'sha256'): DigestRequest {
  return { hash, head: source.length, from: source.length, to: source.length };
}

/**
 * All digests in one read of the source, in constant memory. What the heads have in common is hashed once: the trunk of
 * each hash function is copied where a head ends, so that n signatures cost little more than one.
 * What lies behind the end of the file is left out. `observe` sees every chunk in order.
 */
export async function coveredDigests(
  source: ByteSource,
  requests: readonly DigestRequest[],
  observe?: (chunk: Uint8Array) => void,
): Promise<Uint8Array[]> {
  const trunks = [...new Set(requests.map(({ hash }) => hash))].map((hash) => new Trunk(hash, requests));
  let offset = 0;
  for await (const chunk of chunksOf(source)) {
    observe?.(chunk);
    for (const trunk of trunks) trunk.update(chunk, offset);
    offset += chunk.length;
  }
  const digests = new Map(trunks.flatMap((trunk) => trunk.finish()));
  return requests.map((request) => digests.get(request)!);
}

/** The running hash of the file from its start, and the branches that left it where their head ended. */
class Trunk {
  readonly #running: Hash;
  /** Requests whose head has not ended yet, the nearest end first. */
  readonly #waiting: DigestRequest[];
  readonly #branches: { readonly request: DigestRequest; readonly hasher: Hash }[] = [];
  #at = 0;

  constructor(hash: HashName, requests: readonly DigestRequest[]) {
    this.#running = hashWith(hash);
    this.#waiting = requests.filter((request) => request.hash === hash).sort((a, b) => a.head - b.head);
  }

  update(chunk: Uint8Array, offset: number): void {
    for (const { request, hasher } of this.#branches) feed(hasher, chunk, offset, request);
    const end = offset + chunk.length;
    while (this.#waiting[0] && this.#waiting[0].head <= end) {
      const request = this.#waiting.shift()!;
      this.#advance(chunk, offset, request.head);
      const hasher = this.#running.copy(hashOptions(request.hash));
      feed(hasher, chunk, offset, request);
      this.#branches.push({ request, hasher });
    }
    if (this.#waiting.length > 0) this.#advance(chunk, offset, end);
  }

  #advance(chunk: Uint8Array, offset: number, to: number): void {
    if (to > this.#at) this.#running.update(chunk.subarray(this.#at - offset, to - offset));
    this.#at = Math.max(this.#at, to);
  }

  finish(): [DigestRequest, Uint8Array][] {
    for (const request of this.#waiting)
      this.#branches.push({ request, hasher: this.#running.copy(hashOptions(request.hash)) });
    return this.#branches.map(({ request, hasher }) => [request, hasher.digest()]);
  }
}

/** The part of `from … to` that the chunk holds. */
function feed(hasher: Hash, chunk: Uint8Array, offset: number, { from, to }: DigestRequest): void {
  const start = Math.max(from - offset, 0);
  const end = Math.min(to - offset, chunk.length);
  if (start < end) hasher.update(chunk.subarray(start, end));
}

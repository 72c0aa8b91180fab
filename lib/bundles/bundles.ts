import type { Write } from '../platform/aws/table.ts';
import type { Sha256Hex } from '../platform/hash.ts';
import type { Id } from '../platform/ids.ts';
import type { Bundle } from './bundle.ts';

export interface Bundles {
  /** @returns `undefined` also for one that is forgotten: records live a week */
  find(id: Id): Promise<Bundle | undefined>;
  /** The writes that keep `next`, if its log still ends where `previous` says. */
  writes(next: Bundle, previous: Bundle | undefined): Write[];
  commit(writes: readonly Write[]): Promise<void>;
}

/** The finished files; each is gone after a day. */
export interface BundleObjects {
  /** Stores a file while it is being made, in the place of what an earlier run had begun. */
  put(id: Id, content: AsyncIterable<Uint8Array>): Promise<{ readonly sha256: Sha256Hex; readonly bytes: number }>;
  link(id: Id, options: { readonly fileName: string; readonly seconds: number }): Promise<string>;
}

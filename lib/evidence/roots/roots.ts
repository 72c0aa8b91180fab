import * as z from 'zod';
import type { Write } from '../../platform/aws/table.ts';
import type { LocalDate } from '../../platform/clock.ts';
import type { Sha256Hex } from '../../platform/hash.ts';
import { dailyRoot, type LoggedEvent } from './daily-root.ts';

/** A file of a day as it lies under Object Lock: one version, by its id. */
export const rootObject = z.object({
  key: z.string(),
  versionId: z.string(),
  sha256: z.string().length(64),
  bytes: z.number().int().nonnegative(),
});
export type RootObject = z.infer<typeof rootObject>;

/** A day's root as the table knows it. */
export const rootRecord = z.object({
  root: dailyRoot,
  /** SHA-256 of the root's file: what is timestamped, and what the next day names. */
  sha256: z.string().length(64),
  madeAt: z.number().int(),
  /** The leaves, one a line. */
  leaves: rootObject,
  file: rootObject,
  /** The timestamp token; absent while no authority has given one. */
  token: rootObject.optional(),
});
export type RootRecord = z.infer<typeof rootRecord>;

/** The daily roots in the table. */
export interface Roots {
  ofDay(day: LocalDate): Promise<RootRecord | undefined>;
  last(): Promise<RootRecord | undefined>;
  /** Those that wait for a timestamp, oldest first. */
  unstamped(): AsyncIterable<RootRecord>;
  /** The write that keeps `next`, if there was none of that day, or with `previous` none with a token. */
  putWrite(next: RootRecord, previous: RootRecord | undefined): Write;
  commit(writes: readonly Write[]): Promise<void>;
}

export type RootFileName = 'leaves.jsonl' | 'root.json' | 'timestamp.tst';

/** The files of the roots: written once, never again. */
export interface RootObjects {
  /** What lies there from an earlier run is given instead, and must be looked at. */
  keep(day: LocalDate, name: RootFileName, bytes: Uint8Array): Promise<RootObject & { readonly adopted: boolean }>;
  /** @throws Error where the bytes are not those of `sha256` */
  read(object: RootObject): Promise<Uint8Array>;
}

/** What was logged on a day. */
export interface LoggedEvents {
  ofDay(day: LocalDate): AsyncIterable<LoggedEvent>;
  hasAny(day: LocalDate): Promise<boolean>;
}

/** Asks a timestamp service. @throws ProblemError `timestamp_unavailable`, `timestamp_invalid` */
export type StampDigest = (sha256: Sha256Hex) => Promise<Uint8Array>;

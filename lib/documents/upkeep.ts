import * as z from 'zod';
import type { EpochMs } from '../platform/clock.ts';
import { isForNow, PADES_LEVELS, reaches } from '../signatures/levels/pades-level.ts';

const padesLevel = z.enum(PADES_LEVELS);

/** How well the signatures of a version can be proven in years to come, and how well they should be (EN 319 142-1 §6). */
export const versionLevel = z.object({
  reached: padesLevel,
  wanted: padesLevel,
  /** Why it is not what is wanted (a problem code). */
  because: z.string().optional(),
  /** When its last timestamp is to be renewed, epoch ms. */
  renewAt: z.number().int().optional(),
});
export type VersionLevel = z.infer<typeof versionLevel>;

/** When something is to be looked at, and how often it has been in vain. */
export const upkeep = z.object({ lookAt: z.number().int(), tries: z.number().int().nonnegative() });
type Upkeep = z.infer<typeof upkeep>;

interface SignedVersion {
  readonly kind: string;
  readonly at: EpochMs;
  readonly level?: VersionLevel | undefined;
}

/** Authorities are given a quarter of an hour to come back; then the waits double, up to a day. */
const PATIENCE_MS = 15 * 60_000;
const LONGEST_MS = 24 * 3_600_000;

/** What the signatures of an issued version lack or will lack; undefined: it is nothing, or cannot be had. */
export function taskOf({ kind, level }: Pick<SignedVersion, 'kind' | 'level'>): 'extend' | 'renew' | undefined {
  // What is signed and not yet sealed gets the rest with the seal.
  if (!level || kind === 'original' || kind === 'signed') return undefined;
  if (level.because !== undefined && !isForNow(level.because)) return undefined;
  if (!reaches(level.reached, level.wanted)) return 'extend';
  return level.renewAt === undefined ? undefined : 'renew';
}

/** When a version is first to be looked at. */
export function upkeepOf(version: SignedVersion): Upkeep | undefined {
  const task = taskOf(version);
  if (task === undefined) return undefined;
  return { lookAt: (task === 'renew' && version.level?.renewAt) || version.at + PATIENCE_MS, tries: 0 };
}

export function nextUpkeep({ tries }: Upkeep, at: EpochMs): Upkeep {
  return { tries: tries + 1, lookAt: at + Math.min(LONGEST_MS, PATIENCE_MS * 2 ** (tries + 1)) };
}

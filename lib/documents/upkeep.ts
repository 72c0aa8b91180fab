import type { EpochMs } from '../platform/clock.ts';
import { isForNow, reaches } from '../signatures/levels/pades-level.ts';
import type { DocumentVersion } from './document-version.ts';

/** When an issued version is to be looked at again, and how often that came to nothing. */
export interface Upkeep {
  readonly lookAt: EpochMs;
  readonly tries: number;
}

/** Authorities are given a quarter of an hour to come back; then the waits double, up to a day. */
const PATIENCE_MS = 15 * 60_000;
const LONGEST_MS = 24 * 3_600_000;

/** What the signatures of an issued version lack or will lack; undefined: it is nothing, or cannot be had. */
export function taskOf({ kind, level }: Pick<DocumentVersion, 'kind' | 'level'>): 'extend' | 'renew' | undefined {
  // What is signed and not yet sealed gets the rest with the seal.
  if (!level || kind === 'original' || kind === 'signed') return undefined;
  if (level.because !== undefined && !isForNow(level.because)) return undefined;
  if (!reaches(level.reached, level.wanted)) return 'extend';
  return level.renewAt === undefined ? undefined : 'renew';
}

/** When a version is first to be looked at. */
export function upkeepOf(version: Pick<DocumentVersion, 'kind' | 'level' | 'at'>): Upkeep | undefined {
  const task = taskOf(version);
  if (task === undefined) return undefined;
  return { lookAt: (task === 'renew' && version.level?.renewAt) || version.at + PATIENCE_MS, tries: 0 };
}

export function nextUpkeep({ tries }: Upkeep, at: EpochMs): Upkeep {
  return { tries: tries + 1, lookAt: at + Math.min(LONGEST_MS, PATIENCE_MS * 2 ** (tries + 1)) };
}

import type { TrustAnchor } from '../../pki/certificate-path.ts';
import type { RevocationPort } from '../../pki/revocation-client.ts';
import type { TimestampPort } from '../../pki/timestamp-client.ts';
import { type Code, isProblem, type ProblemError } from '../../platform/errors.ts';

/** Levels of PAdES baseline signatures (EN 319 142-1 §6), lowest first. */
export const PADES_LEVELS = ['B-B', 'B-T', 'B-LT', 'B-LTA'] as const;
export type PadesLevel = (typeof PADES_LEVELS)[number];

export function reaches(level: PadesLevel | null, wanted: PadesLevel): boolean {
  return level !== null && PADES_LEVELS.indexOf(level) >= PADES_LEVELS.indexOf(wanted);
}

/** Whoever is needed for more than B-B. */
export interface Authorities {
  readonly timestamps: TimestampPort;
  readonly revocation: RevocationPort;
  /** The dated trust list: where every chain must end. */
  readonly trust: readonly TrustAnchor[];
  /** Epoch ms. */
  readonly now: () => number;
}

/** How far it came. */
export interface ReachedLevel {
  readonly level: PadesLevel;
  readonly wanted: PadesLevel;
  /** Why not further: an authority failed; the file can be raised later. */
  readonly because?: Code;
}

const LATER: readonly Code[] = [
  'timestamp_unavailable',
  'timestamp_invalid',
  'revocation_unavailable',
  'revocation_invalid',
];

/** True when it is the authorities' failure and not the file's: what is missing can be had later. */
export function failedForNow(error: unknown): error is ProblemError {
  return isProblem(error, ...LATER);
}

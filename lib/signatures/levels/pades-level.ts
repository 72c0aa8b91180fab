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

/** The lower of two. */
export function lowerLevel(a: PadesLevel, b: PadesLevel): PadesLevel {
  return reaches(a, b) ? b : a;
}

/** What holds for all signatures of a file; one that is not baseline counts as B-B. */
export function lowestLevel(levels: readonly { readonly level: PadesLevel | null }[]): PadesLevel {
  return PADES_LEVELS.find((level) => levels.some((one) => (one.level ?? 'B-B') === level)) ?? 'B-B';
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

/** True of a code that says what authorities cannot give now: asked later, they may. */
export function isForNow(code: string): boolean {
  return (LATER as readonly string[]).includes(code);
}

/** True when it is the authorities' failure and not the file's: what is missing can be had later. */
export function failedForNow(error: unknown): error is ProblemError {
  return isProblem(error, ...LATER);
}

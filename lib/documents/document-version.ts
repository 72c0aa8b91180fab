import * as z from 'zod';
import { PADES_LEVELS } from '../signatures/levels/pades-level.ts';

/**
 * What a version is: as uploaded, made by the system, signed by its person, sealed by its agency; or one of these with more
 * that proves its signatures.
 */
export const versionKind = z.enum(['original', 'receipt', 'signed', 'sealed', 'extended']);
export type VersionKind = z.infer<typeof versionKind>;

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

/** One immutable version of a document: a PDF under one key and one S3 VersionId. */
export const documentVersion = z.object({
  n: z.number().int().positive(),
  kind: versionKind,
  key: z.string(),
  versionId: z.string(),
  sha256: z.string().length(64),
  bytes: z.number().int().positive(),
  pages: z.number().int().positive(),
  at: z.number().int(),
  /**
   * SHA-256 of all its bytes before it was finished, base64: the next signature goes on from there. It stands beside the
   * VersionId, length and hash it belongs to and is believed only when it finishes to that hash.
   */
  hashState: z.string().max(256).optional(),
  /** Absent where it was not signed here. */
  level: versionLevel.optional(),
  /** What was uploaded, where that was an image from which the page was made. */
  source: z.object({ type: z.enum(['image/jpeg', 'image/png']), sha256: z.string().length(64) }).optional(),
});
export type DocumentVersion = z.infer<typeof documentVersion>;

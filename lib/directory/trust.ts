import * as z from 'zod';
import type { TrustAnchor } from '../pki/certificate-path.ts';

/** The trusted list (ETSI TS 119 612) that a decision was taken from. */
export const anchorSource = z.object({
  /** Who publishes the list. */
  list: z.string().min(1).max(300),
  sequence: z.number().int().nonnegative(),
  /** SHA-256 of the list as it was read, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AnchorSource = z.infer<typeof anchorSource>;

/** A certificate trusted by decision, dated (epoch ms, both inclusive; null: until further notice). */
export const anchorRecord = z.object({
  /** SHA-256 of the certificate, hex: its name. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** DER in base64. */
  certificate: z.base64(),
  /** Who it is, for people. */
  name: z.string(),
  from: z.number().int(),
  until: z.number().int().nullable(),
  /** Times before that in which it was trusted as well. */
  earlier: z.array(z.object({ from: z.number().int(), until: z.number().int() })).default([]),
  source: anchorSource.optional(),
});
export type AnchorRecord = z.infer<typeof anchorRecord>;

/** As path building takes it: one for each time. */
export function asTrustAnchors({ certificate, from, until, earlier }: AnchorRecord): TrustAnchor[] {
  const der = Buffer.from(certificate, 'base64');
  return [...earlier, { from, until }].map((period) => ({ certificate: der, ...period }));
}

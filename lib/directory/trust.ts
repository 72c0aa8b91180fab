import * as z from 'zod';
import type { TrustAnchor } from '../pki/certificate-path.ts';

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
});
export type AnchorRecord = z.infer<typeof anchorRecord>;

/** As path building takes it. */
export function asTrustAnchor(record: AnchorRecord): TrustAnchor {
  return { certificate: Buffer.from(record.certificate, 'base64'), from: record.from, until: record.until };
}

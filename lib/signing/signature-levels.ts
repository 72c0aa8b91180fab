import * as z from 'zod';
import type { TrustAnchor } from '../pki/certificate-path.ts';
import { createRevocationClient } from '../pki/revocation-client.ts';
import { createTimestampClient } from '../pki/timestamp-client.ts';
import { type Authorities, PADES_LEVELS } from '../signatures/levels/pades-level.ts';
import { readAuthorities, readSettings } from './authorities.ts';

const padesLevel = z.enum(PADES_LEVELS);

/** Level of every signature of a document when it is issued, by what it is; and how long before its end a timestamp is renewed. */
const levelSettings = z.object({
  receipt: padesLevel,
  answer: padesLevel,
  dispatch: padesLevel,
  renewBeforeDays: z.number().int().positive(),
});

/** What the stage wants of signatures, and whom it asks for it. */
export interface SignatureLevels {
  readonly wanted: Pick<z.infer<typeof levelSettings>, 'receipt' | 'answer' | 'dispatch'>;
  /** How long before the end of its certificate a document's last timestamp is renewed, ms. */
  readonly renewBefore: number;
  authorities(trust: readonly TrustAnchor[]): Authorities;
}

const DAY_MS = 86_400_000;

/**
 * @param settings JSON texts from the environment
 * @throws Error that says which of the two cannot be read
 */
export function signatureLevels(
  settings: { readonly levels: string; readonly authorities: string },
  { now, random }: { readonly now: () => number; readonly random: (octets: number) => Uint8Array },
): SignatureLevels {
  const { renewBeforeDays, ...wanted } = readSettings('SIGNATURE_LEVELS', levelSettings, settings.levels);
  const { timestamps, deps } = readAuthorities(settings.authorities, random);
  const revocation = createRevocationClient(deps);
  const services = timestamps.map(({ policy, ...service }) => ({ ...service, ...(policy ? { policy } : {}) }));
  return {
    wanted,
    renewBefore: renewBeforeDays * DAY_MS,
    authorities: (trust) => ({
      timestamps: createTimestampClient(services, { ...deps, trust, now }),
      revocation,
      trust,
      now,
    }),
  };
}

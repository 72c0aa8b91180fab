import * as z from 'zod';
import type { TrustAnchor } from '../pki/certificate-path.ts';
import { createRevocationClient } from '../pki/revocation-client.ts';
import { createTimestampClient } from '../pki/timestamp-client.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { acceptsSignature } from '../signatures/algorithm-policy.ts';
import { type Authorities, PADES_LEVELS } from '../signatures/levels/pades-level.ts';

const padesLevel = z.enum(PADES_LEVELS);

/** Level of every signature of a document when it is issued, by what it is; and how long before its end a timestamp is renewed. */
const levelSettings = z.object({
  receipt: padesLevel,
  answer: padesLevel,
  dispatch: padesLevel,
  renewBeforeDays: z.number().int().positive(),
});

const authoritySettings = z.object({
  timestamps: z.array(
    z.object({ url: z.url(), policy: z.string().optional(), largestToken: z.number().int().positive() }),
  ),
  /** Where OCSP, revocation lists and issuers' certificates may be asked for, besides the timestamp services: `host` or `host:port`. */
  hosts: z.array(z.string().min(1)),
  privateAddresses: z.boolean(),
});

/** What the stage wants of signatures, and whom it asks for it. */
export interface SignatureLevels {
  readonly wanted: Pick<z.infer<typeof levelSettings>, 'receipt' | 'answer' | 'dispatch'>;
  /** How long before the end of its certificate a document's last timestamp is renewed, ms. */
  readonly renewBefore: number;
  authorities(trust: readonly TrustAnchor[]): Authorities;
}

/** For one answer. The worker has a minute for up to five documents, and what is missing is fetched later. */
const TIME_LIMIT_MS = 4_000;
const DAY_MS = 86_400_000;

/**
 * @param settings JSON texts from the environment
 * @throws Error that says which of the two cannot be read
 */
export function signatureLevels(
  settings: { readonly levels: string; readonly authorities: string },
  { now, random }: { readonly now: () => number; readonly random: (octets: number) => Uint8Array },
): SignatureLevels {
  const { renewBeforeDays, ...wanted } = read('SIGNATURE_LEVELS', levelSettings, settings.levels);
  const { timestamps, hosts, privateAddresses } = read(
    'SIGNATURE_AUTHORITIES',
    authoritySettings,
    settings.authorities,
  );
  const send = createHttpClient({
    allowedHosts: [...hosts, ...timestamps.map(({ url }) => new URL(url).host)],
    allowPrivateAddresses: privateAddresses,
    timeLimit: TIME_LIMIT_MS,
  });
  const deps = { send, attempts: 1, wait: async () => {}, random, accepts: acceptsSignature };
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

function read<T extends z.ZodType>(variable: string, schema: T, text: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${variable} is not what it should be.`, { cause });
  }
}

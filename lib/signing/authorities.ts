import * as z from 'zod';
import { createRevocationClient, type RevocationDeps, type RevocationPort } from '../pki/revocation-client.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { acceptsSignature } from '../signatures/validation/algorithm-policy.ts';

const authoritySettings = z.object({
  timestamps: z.array(
    z.object({ url: z.url(), policy: z.string().optional(), largestToken: z.number().int().positive() }),
  ),
  /** Where OCSP, revocation lists and issuers' certificates may be asked for, besides the timestamp services: `host` or `host:port`. */
  hosts: z.array(z.string().min(1)),
  privateAddresses: z.boolean(),
});

/** Whom a stage asks about signatures. */
export interface AuthoritySettings extends Pick<z.infer<typeof authoritySettings>, 'timestamps'> {
  /** Reaches the hosts that the stage allows, and no others. */
  readonly deps: RevocationDeps;
}

/** For one answer. A worker has a minute for several documents, and what is missing is asked for again later. */
const TIME_LIMIT_MS = 4_000;

/**
 * @param settings JSON text from the environment
 * @throws Error when it cannot be read
 */
export function readAuthorities(settings: string, random: (octets: number) => Uint8Array): AuthoritySettings {
  const { timestamps, hosts, privateAddresses } = readSettings('SIGNATURE_AUTHORITIES', authoritySettings, settings);
  const send = createHttpClient({
    allowedHosts: [...hosts, ...timestamps.map(({ url }) => new URL(url).host)],
    allowPrivateAddresses: privateAddresses,
    timeLimit: TIME_LIMIT_MS,
  });
  return { timestamps, deps: { send, attempts: 1, wait: async () => {}, random, accepts: acceptsSignature } };
}

/** What certification authorities are asked when a file that is verified does not say it. @throws as `readAuthorities` */
export function revocationService(settings: string, random: (octets: number) => Uint8Array): RevocationPort {
  return createRevocationClient(readAuthorities(settings, random).deps);
}

/** @throws Error naming the variable */
export function readSettings<T extends z.ZodType>(variable: string, schema: T, text: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${variable} is not what it should be.`, { cause });
  }
}

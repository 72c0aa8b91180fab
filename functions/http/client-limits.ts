import * as z from 'zod';
import { admitClient } from '../../lib/client-limits/admit-client.ts';
import { type ClientAct, clientLimits } from '../../lib/client-limits/client-limit.ts';
import { TokenBucketStore } from '../../lib/client-limits/token-bucket-store.ts';
import type { Table } from '../../lib/platform/aws/table.ts';
import type { EpochMs } from '../../lib/platform/clock.ts';
import { systemRandom } from '../../lib/platform/ids.ts';
import { ENV } from '../../lib/platform/names.ts';
import { ADDRESS_HEADERS, type ClientEvent, clientAddress } from './client-address.ts';

/** Lets a request of somebody unknown through, or refuses it: see `admitClient`. */
export type Admit = (act: ClientAct, event: ClientEvent, at: EpochMs) => Promise<void>;

const settings = z.object({ acts: clientLimits, addressHeader: z.enum(ADDRESS_HEADERS).optional() });

/** The setting of every function with public routes: limits by act, and the header that tells clients apart, if any. */
export const CLIENT_SETTINGS = {
  [ENV.clientLimits]: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(settings),
};

export function admission(table: Table, config: { readonly CLIENT_LIMITS: z.infer<typeof settings> }): Admit {
  const { acts, addressHeader } = config.CLIENT_LIMITS;
  const deps = { buckets: new TokenBucketStore(table, systemRandom), limits: acts };
  return (act, event, at) => admitClient(deps, act, clientAddress(event, addressHeader), at);
}

import * as z from 'zod';
import type { Entity, Table } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { RandomBytes } from '../platform/ids.ts';
import { CLIENT_LIMITS_PREFIX } from '../platform/names.ts';
import type { BucketTerms } from './client-limit.ts';
import type { BucketKey, TokenBuckets } from './token-buckets.ts';

const DAY_MS = 24 * 3_600_000;
const SECRET_BYTES = 32;

const onlyUpdated = () => {
  throw new Error('buckets and their secrets are only updated');
};

const bucket = z.object({ fullAt: z.number() });
const buckets: Entity<z.infer<typeof bucket>> = { name: 'TokenBucket', schema: bucket, keys: onlyUpdated };

/** In base64. */
const secret = z.object({ secret: z.string() });
const secrets: Entity<z.infer<typeof secret>> = { name: 'ClientSecret', schema: secret, keys: onlyUpdated };

/** Buckets in the table, for functions that may update items below one prefix and nothing else. */
export class TokenBucketStore implements TokenBuckets {
  readonly #table: Table;
  readonly #random: RandomBytes;
  #known: { readonly day: number; readonly secret: Promise<Uint8Array> } | undefined;
  constructor(table: Table, random: RandomBytes) {
    this.#table = table;
    this.#random = random;
  }

  secret(at: EpochMs): Promise<Uint8Array> {
    const day = Math.floor(at / DAY_MS);
    if (this.#known?.day !== day) {
      const asked = this.#secretOf(day);
      this.#known = { day, secret: asked };
      asked.catch(() => {
        if (this.#known?.secret === asked) this.#known = undefined;
      });
    }
    return this.#known.secret;
  }

  async take({ act, mark }: BucketKey, { interval, latest }: BucketTerms, at: EpochMs) {
    const key = { pk: `${CLIENT_LIMITS_PREFIX}${act}#${mark}`, sk: 'BUCKET' };
    // No bucket is full later than one token after `latest`.
    const ttl = Math.ceil((latest + interval) / 1000) + 60;
    const full = await this.#table.tryUpdate(
      buckets,
      key,
      { fullAt: ':after', ttl: ':ttl' },
      {
        condition: 'attribute_not_exists(#fullAt) OR #fullAt <= :now',
        values: { ':now': at, ':after': at + interval, ':ttl': ttl },
      },
    );
    if (full.ok) return { ok: true } as const;
    const begun = await this.#table.tryUpdate(
      buckets,
      key,
      { fullAt: '#fullAt + :interval', ttl: ':ttl' },
      { condition: '#fullAt <= :latest', values: { ':interval': interval, ':latest': latest, ':ttl': ttl } },
    );
    return begun.ok ? ({ ok: true } as const) : ({ ok: false, fullAt: begun.present?.fullAt ?? latest } as const);
  }

  /** Whoever asks first decides it; it is forgotten a day after its own. */
  async #secretOf(day: number): Promise<Uint8Array> {
    const fresh = Buffer.from(this.#random(SECRET_BYTES)).toString('base64');
    const kept = await this.#table.update(
      secrets,
      { pk: `${CLIENT_LIMITS_PREFIX}SECRET`, sk: String(day) },
      { secret: 'if_not_exists(#secret, :fresh)', ttl: ':ttl' },
      { values: { ':fresh': fresh, ':ttl': ((day + 2) * DAY_MS) / 1000 } },
    );
    return Buffer.from(kept?.secret ?? fresh, 'base64');
  }
}

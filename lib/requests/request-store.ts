import * as z from 'zod';
import { type Entity, NOT_THERE, type Table, type Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import { ProblemError } from '../platform/errors.ts';
import { sha256Hex } from '../platform/hash.ts';
import type { RequestLog } from './request-log.ts';
import type { KeptAnswer, RequestStamp } from './request-stamp.ts';

const kept = z.object({
  keyHash: z.string(),
  fingerprint: z.string(),
  status: z.number().int(),
  /** JSON text: an answer may hold anything JSON holds. */
  body: z.string(),
  until: z.number().int(),
});
type Kept = z.infer<typeof kept>;

/** A key may be repeated for a day (the IETF draft on Idempotency-Key leaves the span to the server). */
const KEPT_FOR_MS = 24 * 3_600_000;

const entity: Entity<Kept> = {
  name: 'RequestStamp',
  schema: kept,
  keys: (item) => ({ pk: `REQUEST#${item.keyHash}`, sk: 'REQUEST', ttl: Math.ceil(item.until / 1000) }),
};

const hashKey = (stamp: RequestStamp) => sha256Hex(`${stamp.actorId}\n${stamp.key}`);

/**
 * Answers by idempotency key. The stamp is written in the same transaction as what the request changes, so that there is
 * no moment at which the one exists without the other.
 */
export class RequestStore implements RequestLog {
  readonly #table: Table;
  constructor(table: Table) {
    this.#table = table;
  }

  /** The write that keeps `answer` for the stamp; fails the transaction when the same key was just used. */
  write(stamp: RequestStamp, answer: KeptAnswer, now: EpochMs): Write {
    return this.#table.put(
      entity,
      {
        keyHash: hashKey(stamp),
        fingerprint: stamp.fingerprint,
        status: answer.status,
        body: JSON.stringify(answer.body),
        until: now + KEPT_FOR_MS,
      },
      NOT_THERE,
    );
  }

  /**
   * The answer already given under this key.
   * @throws ProblemError `idempotency_key_reused` when it was given to a different request.
   */
  async earlier(stamp: RequestStamp): Promise<KeptAnswer | undefined> {
    const found = await this.#table.get(entity, { pk: `REQUEST#${hashKey(stamp)}`, sk: 'REQUEST' });
    if (!found) return undefined;
    if (found.fingerprint !== stamp.fingerprint)
      throw new ProblemError('idempotency_key_reused', { field: 'Idempotency-Key' });
    return { status: found.status, body: JSON.parse(found.body) as unknown };
  }
}

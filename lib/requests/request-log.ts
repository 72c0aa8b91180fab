import type { Write } from '../platform/aws/table.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { KeptAnswer, RequestStamp } from './request-stamp.ts';

/** What other capabilities may do with idempotency stamps: keep an answer within their own transaction. */
export interface RequestLog {
  write(stamp: RequestStamp, answer: KeptAnswer, now: EpochMs): Write;
  earlier(stamp: RequestStamp): Promise<KeptAnswer | undefined>;
}

import * as z from 'zod';
import type { EpochMs } from '../platform/clock.ts';
import { canonicalJson, type Sha256Hex, sha256Hex } from '../platform/hash.ts';

/** Who did it: a person by directory id, a unit by code, or a named part of the system. Never a name or number of a person. */
export const actorRef = z.object({
  kind: z.enum(['person', 'unit', 'system']),
  id: z.string(),
  unit: z.string().optional(),
});
export type ActorRef = z.infer<typeof actorRef>;

export const caseEvent = z.object({
  caseId: z.string(),
  /** 1, 2, 3 … without gaps within the case. */
  seq: z.number().int().positive(),
  /** e.g. `petition.submitted`. */
  type: z.string(),
  at: z.number().int(),
  actor: actorRef,
  /** Codes, numbers, hashes and ids; no personal data (a reason a person wrote is kept on the case, its hash here). */
  data: z.record(z.string(), z.json()),
  /** Hash of the event before it; of the empty string for the first. */
  previous: z.string().length(64),
  hash: z.string().length(64),
});

/** One link of a case's append-only, hash-chained log. */
export type CaseEvent = z.infer<typeof caseEvent>;

/** Where a case's log ends; kept on the case itself and checked by every commit, so that no two writers append at once. */
export const logHead = z.object({ seq: z.number().int().nonnegative(), hash: z.string().length(64) });
export type LogHead = z.infer<typeof logHead>;

export interface EventDraft {
  readonly type: string;
  readonly at: EpochMs;
  readonly actor: ActorRef;
  readonly data?: CaseEvent['data'];
}

export const EMPTY_LOG: LogHead = { seq: 0, hash: sha256Hex('') };

/** What an event's hash must be: that of its canonical JSON without the hash. */
export function hashOf(event: Omit<CaseEvent, 'hash'>): Sha256Hex {
  return sha256Hex(canonicalJson(event));
}

/** Links drafts to the end of a log: the finished events and the new head. */
export function chain(
  caseId: string,
  head: LogHead,
  drafts: readonly EventDraft[],
): { events: CaseEvent[]; head: LogHead } {
  const events: CaseEvent[] = [];
  let end = head;
  for (const draft of drafts) {
    const body = {
      caseId,
      seq: end.seq + 1,
      type: draft.type,
      at: draft.at,
      actor: draft.actor,
      data: draft.data ?? {},
      previous: end.hash,
    };
    const event = { ...body, hash: hashOf(body) };
    events.push(event);
    end = { seq: event.seq, hash: event.hash };
  }
  return { events, head: end };
}

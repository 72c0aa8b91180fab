import * as z from 'zod';
import { actorRef, type CaseEvent, type LogHead } from '../evidence/case-event.ts';
import { checkLog } from '../evidence/check-log.ts';
import { formatIso } from '../platform/clock.ts';

/** The log of a case as it is shown, with the check of its chain. */
export const caseEvidence = z.object({
  code: z.string(),
  whole: z.boolean().meta({ description: 'Every link holds, from the first event to the last.' }),
  fault: z.object({ seq: z.number().int(), fault: z.string() }).optional(),
  redacted: z
    .boolean()
    .meta({ description: 'A denouncer’s id is left out, and with it every hash that depends on it.' }),
  head: z.object({ seq: z.number().int(), hash: z.string() }),
  events: z.array(
    z.object({
      seq: z.number().int(),
      type: z.string(),
      at: z.string(),
      atMs: z.number().int().meta({ description: 'Epoch milliseconds: the value that is hashed.' }),
      actor: actorRef,
      data: z.record(z.string(), z.json()),
      previous: z.string(),
      hash: z.string(),
    }),
  ),
});
export type CaseEvidence = z.infer<typeof caseEvidence>;

const PROTECTED = 'protected';

/**
 * @param hidden id of a person who is not to be named. Every hash from the first event that names them on is left out as
 *   well: whoever knows a few ids would try each of them against it.
 */
export function evidenceOf(code: string, events: readonly CaseEvent[], head: LogHead, hidden?: string): CaseEvidence {
  const [fault] = checkLog(code, events, head);
  const tells = events.find((event) => hidden !== undefined && names(event, hidden))?.seq ?? Number.POSITIVE_INFINITY;
  const hashOf = (seq: number, hash: string) => (seq >= tells ? PROTECTED : hash);
  // Hashes of attachments as well: whoever has such a file would know whose it is.
  const tellsWho = (key: string, value: unknown) => hidden !== undefined && (value === hidden || key === 'hashes');
  return {
    code,
    whole: fault === undefined,
    ...(fault ? { fault: { seq: fault.seq, fault: fault.fault } } : {}),
    redacted: hidden !== undefined,
    head: { seq: head.seq, hash: hashOf(head.seq, head.hash) },
    events: events.map(({ seq, type, at, actor, data, previous, hash }) => ({
      seq,
      type,
      at: formatIso(at),
      atMs: at,
      actor: actor.id === hidden ? { ...actor, id: PROTECTED } : actor,
      data: Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, tellsWho(key, value) ? PROTECTED : value]),
      ),
      previous: hashOf(seq - 1, previous),
      hash: hashOf(seq, hash),
    })),
  };
}

function names({ actor, data }: CaseEvent, id: string): boolean {
  return actor.id === id || Object.values(data).includes(id);
}

import * as z from 'zod';
import type { Actor } from '../access/actor.ts';
import { allowed } from '../access/policy.ts';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import { accessSubject, assigneeOf, isClosed, PETITION_STATES, type Petition } from './petition.ts';
import { petitionKind } from './time-limits.ts';

const time = z.string().meta({ description: 'ISO 8601 with +07:00.', example: '2026-03-09T08:15:00+07:00' });

export const petitionSummary = z.object({
  code: z.string().meta({ example: 'PA-7K3M-9QXD-4' }),
  kind: petitionKind,
  state: z.enum(PETITION_STATES),
  unit: z.string(),
  subject: z.string(),
  submittedAt: time,
  due: time.optional(),
  late: z.boolean(),
});

export const petitionView = petitionSummary.extend({
  addressedTo: z.string().optional().meta({ description: 'The code it was sent to, where that unit has ended.' }),
  text: z.string(),
  sender: z
    .object({ id: z.string(), name: z.string() })
    .optional()
    .meta({ description: 'Absent where the caller may not know who made a denunciation.' }),
  acceptedAt: time.optional(),
  deadline: z
    .object({
      at: time,
      day: z.string(),
      days: z.number().int(),
      counted: z.enum(['working-days', 'calendar-days']),
      limit: z.string().meta({ description: 'Version of the legal time limit that was applied.' }),
      source: z.string(),
      calendar: z.array(z.string()).meta({ description: 'Editions of the working calendar it was counted with.' }),
    })
    .optional(),
  documents: z.array(
    z.object({
      id: z.string(),
      role: z.enum(['attachment', 'receipt', 'draft', 'answer']),
      sha256: z.string().optional(),
    }),
  ),
  assignee: z.string().optional(),
  draft: z
    .object({ documentId: z.string(), sha256: z.string().optional(), problem: z.string().optional() })
    .optional()
    .meta({ description: 'For the agency: what the leader approves, by its hash.' }),
  number: z.string().optional(),
  answeredAt: time.optional(),
  onTime: z.boolean().optional(),
  helped: z.boolean().optional(),
  returnedAt: time.optional(),
  reason: z.string().optional(),
  working: z.boolean().meta({ description: 'A document is being made, signed or sealed at this moment.' }),
});
export type PetitionView = z.infer<typeof petitionView>;
export type PetitionSummary = z.infer<typeof petitionSummary>;

const dueOf = (petition: Petition) => ('due' in petition ? petition.due : undefined);

export function summarize(petition: Petition, now: EpochMs): PetitionSummary {
  const { code, kind, state, unit, subject } = petition;
  const due = dueOf(petition);
  const answeredAt = petition.state === 'answered' ? petition.answer.at : undefined;
  return {
    code,
    kind,
    state,
    unit,
    subject,
    submittedAt: formatIso(petition.submittedAt),
    ...(due ? { due: formatIso(due.at) } : {}),
    late: due !== undefined && petition.state !== 'returned' && (answeredAt ?? now) > due.at,
  };
}

/** A petition as the caller may see it: the agency's inner working only for its staff, a denouncer only for handlers. */
export function viewPetition(petition: Petition, actor: Actor, now: EpochMs): PetitionView {
  const subject = accessSubject(petition);
  const inside = allowed(actor, 'petition.read', { ...subject, owner: undefined }, now);
  const identity = allowed(actor, 'petition.read-identity', subject, now);
  const due = dueOf(petition);
  return {
    ...summarize(petition, now),
    ...(petition.addressedTo === undefined ? {} : { addressedTo: petition.addressedTo }),
    text: petition.text,
    ...(identity ? { sender: { id: petition.owner, name: petition.ownerName } } : {}),
    ...('acceptedAt' in petition && petition.acceptedAt ? { acceptedAt: formatIso(petition.acceptedAt) } : {}),
    ...(due ? { deadline: { ...due, at: formatIso(due.at) } } : {}),
    documents: documentsOf(petition, { inside, identity }),
    ...(inside ? innerFacts(petition) : {}),
    ...outcome(petition),
    working: !isClosed(petition) && petition.pending.length > 0,
  };
}

function documentsOf(petition: Petition, may: { inside: boolean; identity: boolean }): PetitionView['documents'] {
  // All of them may tell who made a denunciation; whoever may not know that may not read them either.
  if (!may.identity) return [];
  const found: PetitionView['documents'] = petition.attachments.map((id) => ({ id, role: 'attachment' as const }));
  const { documentId, sha256 } = petition.receipt;
  if (sha256 !== undefined) found.push({ id: documentId, role: 'receipt', sha256 });
  if (petition.state === 'answered') {
    found.push({ id: petition.answer.documentId, role: 'answer', sha256: petition.answer.sha256 });
  } else if (may.inside && 'draft' in petition && 'sha256' in petition.draft) {
    found.push({ id: petition.draft.documentId, role: 'draft', sha256: petition.draft.sha256 });
  }
  return found;
}

function innerFacts(petition: Petition): Pick<PetitionView, 'assignee' | 'draft'> {
  const assignee = assigneeOf(petition);
  const draft = 'draft' in petition ? petition.draft : undefined;
  return {
    ...(assignee === undefined ? {} : { assignee }),
    ...(draft
      ? {
          draft: {
            documentId: draft.documentId,
            ...('sha256' in draft ? { sha256: draft.sha256 } : {}),
            ...('problem' in draft && draft.problem !== undefined ? { problem: draft.problem } : {}),
          },
        }
      : {}),
  };
}

function outcome(petition: Petition): Partial<PetitionView> {
  if (petition.state === 'returned') {
    return { returnedAt: formatIso(petition.returnedAt), reason: petition.reason };
  }
  if (petition.state !== 'answered') return 'number' in petition ? { number: petition.number.text } : {};
  return {
    number: petition.number.text,
    answeredAt: formatIso(petition.answer.at),
    onTime: petition.answer.at <= petition.due.at,
    ...(petition.rating ? { helped: petition.rating.helped } : {}),
  };
}

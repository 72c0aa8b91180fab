import * as z from 'zod';
import { caseEvidence } from '../../lib/cases/case-evidence.ts';
import { personId } from '../../lib/directory/person.ts';
import { unitCode } from '../../lib/directory/unit.ts';
import { PETITION_STATES } from '../../lib/petitions/petition.ts';
import { petitionSummary, petitionView } from '../../lib/petitions/petition-view.ts';
import { petitionKind } from '../../lib/petitions/time-limits.ts';
import type { Code } from '../../lib/platform/errors.ts';
import { oneLine, prose } from '../../lib/platform/text.ts';
import { defineRoute } from '../http/route.ts';
import { cursor, isoTime, pageQuery } from '../http/schemas.ts';

const tag = 'Petitions';
const params = z.object({
  code: z.string().max(40).meta({ description: 'Code of the petition, as people type it.', example: 'PA-7K3M-9QXD-4' }),
});
const document = z.string().max(40).meta({ description: 'Id of an uploaded document.' });
export const petition = petitionView.meta({ id: 'Petition' });
const changed = { status: 200, description: 'The petition as it is now.', schema: petition };
const COMMON: readonly Code[] = ['not_found', 'forbidden', 'invalid_state'];

export const submitPetition = defineRoute({
  operationId: 'submitPetition',
  method: 'POST',
  path: '/api/petitions',
  tag,
  summary: 'Send a petition to an agency',
  access: 'signed-in',
  body: z.strictObject({
    kind: petitionKind.meta({ description: 'Phản ánh, kiến nghị · khiếu nại · tố cáo.' }),
    unit: unitCode,
    subject: oneLine(300),
    text: prose(20_000),
    attachments: z.array(document).max(10).default([]),
  }),
  answer: { status: 201, description: 'The petition; its sealed receipt follows.', schema: petition },
  problems: ['unit_unknown', 'unit_ended', 'not_found', 'document_not_ready', 'invalid_state'],
});

export const listPetitions = defineRoute({
  operationId: 'listPetitions',
  method: 'GET',
  path: '/api/petitions',
  tag,
  summary: 'One’s own petitions, or the queue of a unit one works in',
  access: 'signed-in',
  query: pageQuery.extend({
    unit: unitCode.optional().meta({ description: 'The queue of this unit, ordered by due date; else one’s own.' }),
    view: z.enum(['open', 'closed']).default('open'),
    state: z.enum(PETITION_STATES).optional(),
    mine: z.enum(['true', 'false']).optional().meta({ description: 'Only what is assigned to oneself.' }),
  }),
  answer: {
    status: 200,
    description: 'A page; filters may leave it short.',
    schema: z.object({ items: z.array(petitionSummary.meta({ id: 'PetitionSummary' })), cursor }),
  },
  problems: ['not_found', 'bad_cursor'],
});

export const getPetition = defineRoute({
  operationId: 'getPetition',
  method: 'GET',
  path: '/api/petitions/{code}',
  tag,
  summary: 'A petition',
  access: 'signed-in',
  params,
  answer: { status: 200, description: 'As the caller may see it.', schema: petition },
  problems: ['not_found'],
});

const sentence = z.object({ vi: z.string(), en: z.string() });

export const getTimeline = defineRoute({
  operationId: 'getPetitionTimeline',
  method: 'GET',
  path: '/api/petitions/{code}/timeline',
  tag,
  summary: 'What has happened, and what happens next by when',
  access: 'signed-in',
  params,
  answer: {
    status: 200,
    description: 'In Vietnamese and English.',
    schema: z
      .object({
        entries: z.array(sentence.extend({ at: isoTime, type: z.string() })),
        next: sentence.extend({ by: isoTime.optional() }).optional(),
      })
      .meta({ id: 'Timeline' }),
  },
  problems: ['not_found'],
});

export const getEvidence = defineRoute({
  operationId: 'getPetitionEvidence',
  method: 'GET',
  path: '/api/petitions/{code}/evidence',
  tag,
  summary: 'The hash-chained log of a petition',
  access: 'signed-in',
  params,
  answer: { status: 200, description: 'All events, and whether the chain is whole.', schema: caseEvidence },
  problems: ['not_found'],
});

const verb = (name: string) =>
  ({ method: 'POST', path: `/api/petitions/{code}/${name}`, tag, access: 'signed-in', params }) as const;

export const acceptPetition = defineRoute({
  ...verb('accept'),
  operationId: 'acceptPetition',
  summary: 'Accept: the legal time limit runs from now',
  answer: changed,
  problems: [...COMMON, 'calendar_missing'],
});

export const assignPetition = defineRoute({
  ...verb('assign'),
  operationId: 'assignPetition',
  summary: 'Give it to an officer of the unit',
  body: z.strictObject({ assignee: personId }),
  answer: changed,
  problems: [...COMMON, 'person_unknown'],
});

export const returnPetition = defineRoute({
  ...verb('return'),
  operationId: 'returnPetition',
  summary: 'Return it with a reason',
  body: z.strictObject({ reason: prose(2000) }),
  answer: changed,
  problems: COMMON,
});

export const draftAnswer = defineRoute({
  ...verb('answer'),
  operationId: 'draftAnswer',
  summary: 'Put an answer forward: an uploaded PDF, or text that becomes a letter',
  body: z.union([z.strictObject({ documentId: document }), z.strictObject({ text: prose(20_000) })]),
  answer: changed,
  problems: [...COMMON, 'document_not_ready'],
});

export const rateAnswer = defineRoute({
  ...verb('rating'),
  operationId: 'rateAnswer',
  summary: 'Say whether the answer helped',
  body: z.strictObject({ helped: z.boolean() }),
  answer: changed,
  problems: COMMON,
});

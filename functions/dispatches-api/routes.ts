import * as z from 'zod';
import { caseEvidence } from '../../lib/cases/case-evidence.ts';
import { unitCode } from '../../lib/directory/unit.ts';
import { DISPATCH_STATES } from '../../lib/exchange/dispatch.ts';
import { dispatchView, incomingView } from '../../lib/exchange/exchange-view.ts';
import { MOST_RECIPIENTS } from '../../lib/exchange/recipients.ts';
import { urgency } from '../../lib/exchange/urgency.ts';
import type { Code } from '../../lib/platform/errors.ts';
import { oneLine, prose } from '../../lib/platform/text.ts';
import { registerEntry, registerKind } from '../../lib/registers/register-entry.ts';
import { DEFAULT_SEQUENCE } from '../../lib/registers/sequence-rules.ts';
import { defineRoute } from '../http/route.ts';
import { cursor, isoTime, pageQuery } from '../http/schemas.ts';

const DISPATCHES = 'Dispatches';
const INCOMING = 'Incoming documents';
const params = z.object({ code: z.string().max(40).meta({ example: 'VB-7K3M-9QXD-4' }) });
export const dispatch = dispatchView.meta({ id: 'Dispatch' });
/** What a leader signs is named by it, besides the hash of the file. */
export const shownRevision = z.number().int().meta({
  description:
    '`revision` of the dispatch as it was shown: nothing of it (type, subject, recipients) has changed since.',
});
const incoming = incomingView.meta({ id: 'Incoming' });
const changed = { status: 200, description: 'The dispatch as it is now.', schema: dispatch };
const handled = { status: 200, description: 'The incoming document as it is now.', schema: incoming };
const COMMON: readonly Code[] = ['not_found', 'forbidden', 'invalid_state'];
const DRAFTING: readonly Code[] = [
  ...COMMON,
  'document_not_ready',
  'unit_unknown',
  'unit_ended',
  'recipient_duplicate',
  'recipient_is_sender',
];

const draft = z.strictObject({
  documentId: z.string().max(40).meta({ description: 'Id of an uploaded document.' }),
  type: z.string().max(40).meta({ description: 'Document type, by id.', example: 'cong-van' }),
  subject: oneLine(500),
  urgency: urgency.default('thuong'),
  recipients: z.array(unitCode).min(1).max(MOST_RECIPIENTS),
  office: z
    .string()
    .regex(/^[\p{Lu}0-9.-]{1,20}$/u)
    .optional()
    .meta({ description: 'Drafting office in the symbol of a công văn.', example: 'VP' }),
  replaces: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'Code of an issued dispatch of the same type that it replaces.', example: 'VB-7K3M-9QXD-4' }),
});

export const draftDispatch = defineRoute({
  operationId: 'draftDispatch',
  method: 'POST',
  path: '/api/dispatches',
  tag: DISPATCHES,
  summary: 'Put a dispatch forward for signature',
  access: 'signed-in',
  body: draft.extend({ unit: unitCode }),
  answer: { status: 201, description: 'The dispatch.', schema: dispatch },
  problems: DRAFTING,
});

export const redraftDispatch = defineRoute({
  operationId: 'redraftDispatch',
  method: 'PUT',
  path: '/api/dispatches/{code}',
  tag: DISPATCHES,
  summary: 'Change a draft; one that was signed goes back to the signer',
  access: 'signed-in',
  params,
  body: draft,
  answer: changed,
  problems: DRAFTING,
});

export const listDispatches = defineRoute({
  operationId: 'listDispatches',
  method: 'GET',
  path: '/api/dispatches',
  tag: DISPATCHES,
  summary: 'A unit’s dispatches, newest first',
  access: 'signed-in',
  query: pageQuery.extend({ unit: unitCode, state: z.enum(DISPATCH_STATES).optional() }),
  answer: {
    status: 200,
    description: 'A page; the filter may leave it short.',
    schema: z.object({ items: z.array(dispatch), cursor }),
  },
  problems: ['not_found', 'bad_cursor'],
});

export const getDispatch = defineRoute({
  operationId: 'getDispatch',
  method: 'GET',
  path: '/api/dispatches/{code}',
  tag: DISPATCHES,
  summary: 'A dispatch, with its status at each recipient',
  access: 'signed-in',
  params,
  answer: { status: 200, description: 'The dispatch.', schema: dispatch },
  problems: ['not_found'],
});

export const getDispatchEvidence = defineRoute({
  operationId: 'getDispatchEvidence',
  method: 'GET',
  path: '/api/dispatches/{code}/evidence',
  tag: DISPATCHES,
  summary: 'The hash-chained log of a dispatch',
  access: 'signed-in',
  params,
  answer: { status: 200, description: 'All events, and whether the chain is whole.', schema: caseEvidence },
  problems: ['not_found'],
});

export const recallDispatch = defineRoute({
  operationId: 'recallDispatch',
  method: 'POST',
  path: '/api/dispatches/{code}/recall',
  tag: DISPATCHES,
  summary: 'Recall an issued dispatch: it is worth nothing more, and its recipients are asked to cancel their copies',
  access: 'signed-in',
  params,
  body: z.strictObject({ reason: prose(2000) }),
  answer: changed,
  problems: [...COMMON, 'unit_ended'],
});

export const listIncoming = defineRoute({
  operationId: 'listIncoming',
  method: 'GET',
  path: '/api/incoming',
  tag: INCOMING,
  summary: 'What has arrived at a unit, by the day to register it by',
  access: 'signed-in',
  query: pageQuery.extend({ unit: unitCode, view: z.enum(['open', 'closed']).default('open') }),
  answer: { status: 200, description: 'A page.', schema: z.object({ items: z.array(incoming), cursor }) },
  problems: ['not_found', 'bad_cursor'],
});

export const getIncoming = defineRoute({
  operationId: 'getIncoming',
  method: 'GET',
  path: '/api/incoming/{code}',
  tag: INCOMING,
  summary: 'An incoming document, with the verdict on its signatures',
  access: 'signed-in',
  params,
  answer: { status: 200, description: 'The document.', schema: incoming },
  problems: ['not_found'],
});

export const registerIncoming = defineRoute({
  operationId: 'registerIncoming',
  method: 'POST',
  path: '/api/incoming/{code}/register',
  tag: INCOMING,
  summary: 'Register it under the next incoming number',
  access: 'signed-in',
  params,
  answer: handled,
  problems: [...COMMON, 'signature_not_valid'],
});

export const returnIncoming = defineRoute({
  operationId: 'returnIncoming',
  method: 'POST',
  path: '/api/incoming/{code}/return',
  tag: INCOMING,
  summary: 'Return it to its sender with a reason',
  access: 'signed-in',
  params,
  body: z.strictObject({ reason: prose(2000) }),
  answer: handled,
  problems: COMMON,
});

export const agreeRecall = defineRoute({
  operationId: 'agreeRecall',
  method: 'POST',
  path: '/api/incoming/{code}/recall/agree',
  tag: INCOMING,
  summary: 'Cancel the electronic copy of a document that its sender recalls',
  access: 'signed-in',
  params,
  answer: handled,
  problems: COMMON,
});

export const refuseRecall = defineRoute({
  operationId: 'refuseRecall',
  method: 'POST',
  path: '/api/incoming/{code}/recall/refuse',
  tag: INCOMING,
  summary: 'Keep the copy of a recalled document, with a reason',
  access: 'signed-in',
  params,
  body: z.strictObject({ reason: prose(2000) }),
  answer: handled,
  problems: COMMON,
});

export const getRegister = defineRoute({
  operationId: 'getRegister',
  method: 'GET',
  path: '/api/registers/{unit}/{kind}/{year}',
  tag: 'Registers',
  summary: 'A unit’s register of a year',
  access: 'signed-in',
  params: z.object({ unit: unitCode, kind: registerKind, year: z.coerce.number().int().min(2000).max(2200) }),
  query: pageQuery.extend({
    sequence: z
      .string()
      .regex(/^[a-z0-9-]{1,20}$/)
      .default(DEFAULT_SEQUENCE),
  }),
  answer: {
    status: 200,
    description: 'In the order of the numbers.',
    schema: z.object({ items: z.array(registerEntry.extend({ at: isoTime }).meta({ id: 'RegisterEntry' })), cursor }),
  },
  problems: ['not_found', 'bad_cursor'],
});

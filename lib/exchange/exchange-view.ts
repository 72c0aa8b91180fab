import * as z from 'zod';
import { type EpochMs, formatIso } from '../platform/clock.ts';
import { arrivalVerdict } from './arrival-verdict.ts';
import { type Delivery, DISPATCH_STATES, type Dispatch, type DispatchIn } from './dispatch.ts';
import { INCOMING_STATES, type Incoming } from './incoming.ts';
import type { RecallStatus, Replacement } from './standing.ts';
import { recallCode, statusCode } from './status-codes.ts';
import { urgency } from './urgency.ts';

const time = z.string().meta({ description: 'ISO 8601 with +07:00.', example: '2026-03-09T08:15:00+07:00' });

/** Another dispatch, as people name it. */
const otherDispatch = z.object({ code: z.string(), number: z.string(), issuedAt: time.optional() });
const recallView = z.object({
  status: z.string().optional().meta({ description: 'Status code of QĐ 28/2018: 13 asked, 15 agreed, 16 refused.' }),
  vi: z.string(),
  en: z.string(),
  at: time,
  reason: z.string().optional().meta({ description: 'Why it was refused.' }),
});

export const dispatchView = z.object({
  code: z.string().meta({ example: 'VB-7K3M-9QXD-4' }),
  state: z.enum(DISPATCH_STATES),
  unit: z.string(),
  type: z.string(),
  subject: z.string(),
  urgency,
  documentId: z.string(),
  sha256: z.string().meta({ description: 'Of the bytes as they are now: the draft to approve, then what was issued.' }),
  revision: z.number().int().meta({ description: 'Rises with every change; what a leader signs is named by it.' }),
  problem: z.string().optional(),
  createdAt: time,
  signer: z.object({ id: z.string(), name: z.string(), title: z.string(), capacity: z.string() }).optional(),
  number: z.string().optional(),
  issuedAt: time.optional(),
  standing: z
    .enum(['in-force', 'recalled', 'replaced'])
    .optional()
    .meta({ description: 'What it is worth now, once it is issued.' }),
  recall: z.object({ at: time, unit: z.string(), reason: z.string() }).optional(),
  replaces: otherDispatch.optional().meta({ description: 'The issued dispatch that it replaces.' }),
  replacedBy: otherDispatch.optional().meta({ description: 'Counts from its `issuedAt` on.' }),
  recipients: z.array(
    z.object({
      unit: z.string(),
      addressedTo: z.string().optional(),
      status: z
        .string()
        .optional()
        .meta({ description: 'Status code of QĐ 28/2018: 01 arrived, 02 returned, 03 registered.' }),
      vi: z.string(),
      en: z.string(),
      at: time.optional(),
      number: z.string().optional().meta({ description: 'The incoming number that the recipient gave it.' }),
      reason: z.string().optional(),
      recall: recallView.optional(),
    }),
  ),
  working: z.boolean(),
});
export type DispatchView = z.infer<typeof dispatchView>;

export const incomingView = z.object({
  code: z.string().meta({ example: 'VD-7K3M-9QXD-4' }),
  state: z.enum(INCOMING_STATES),
  unit: z.string(),
  sender: z.object({ code: z.string(), name: z.string() }),
  reference: z.string().meta({ description: 'Number and symbol given by the sender.' }),
  type: z.string(),
  subject: z.string(),
  urgency,
  documentId: z.string(),
  verdict: arrivalVerdict.omit({ checkedAt: true }).extend({ checkedAt: time }),
  arrivedAt: time,
  registerBy: time,
  late: z.boolean(),
  number: z.string().optional(),
  registeredAt: time.optional(),
  returnedAt: time.optional(),
  reason: z.string().optional(),
  cancelledAt: time.optional(),
  recall: recallView
    .extend({ asked: z.string().meta({ description: 'Why its sender recalls it.' }), askedAt: time })
    .optional(),
  replaces: otherDispatch.optional(),
  replacedBy: otherDispatch.optional(),
});
export type IncomingView = z.infer<typeof incomingView>;

export function viewDispatch(dispatch: Dispatch): DispatchView {
  const { code, state, unit, type, subject, urgency, draft } = dispatch;
  const deliveries: readonly (Partial<Delivery> & { unit: string })[] =
    dispatch.state === 'issued' ? dispatch.deliveries : dispatch.recipients;
  return {
    code,
    state,
    unit,
    type,
    subject,
    urgency,
    documentId: draft.documentId,
    sha256: dispatch.state === 'issued' ? dispatch.issued.sha256 : draft.sha256,
    revision: dispatch.log.seq,
    ...(draft.problem === undefined ? {} : { problem: draft.problem }),
    createdAt: formatIso(dispatch.createdAt),
    ...('approval' in dispatch ? { signer: signerOf(dispatch.approval) } : {}),
    ...('number' in dispatch ? { number: dispatch.number.text } : {}),
    ...(dispatch.replaces ? { replaces: viewOther(dispatch.replaces) } : {}),
    ...(dispatch.state === 'issued' ? viewStanding(dispatch) : {}),
    recipients: deliveries.map(viewDelivery),
    working: dispatch.pending.length > 0,
  };
}

function viewStanding({ issued, recall, replacement }: DispatchIn<'issued'>) {
  const replaced = replacement?.issuedAt === undefined ? 'in-force' : 'replaced';
  return {
    issuedAt: formatIso(issued.at),
    standing: recall ? ('recalled' as const) : (replaced as 'in-force' | 'replaced'),
    ...(recall ? { recall: { at: formatIso(recall.at), unit: recall.unit, reason: recall.reason } } : {}),
    ...(replacement ? { replacedBy: viewOther(replacement) } : {}),
  };
}

function viewOther({ code, number, issuedAt }: Replacement): z.infer<typeof otherDispatch> {
  return { code, number, ...(issuedAt === undefined ? {} : { issuedAt: formatIso(issuedAt) }) };
}

function viewRecall(status: RecallStatus, at: EpochMs, reason: string | undefined): z.infer<typeof recallView> {
  const { code, vi, en } = recallCode(status);
  return {
    ...(code === undefined ? {} : { status: code }),
    vi,
    en,
    at: formatIso(at),
    ...(reason === undefined ? {} : { reason }),
  };
}

function signerOf({ by, name, title, capacity }: { by: string; name: string; title: string; capacity: string }) {
  return { id: by, name, title, capacity };
}

function viewDelivery(item: Partial<Delivery> & { unit: string }): DispatchView['recipients'][number] {
  const words = item.status === undefined ? { vi: 'Chưa gửi', en: 'Not sent yet' } : statusCode(item.status);
  return {
    unit: item.unit,
    ...(item.addressedTo === undefined ? {} : { addressedTo: item.addressedTo }),
    ...('code' in words && words.code !== undefined ? { status: words.code } : {}),
    vi: words.vi,
    en: words.en,
    ...(item.at === undefined ? {} : { at: formatIso(item.at) }),
    ...(item.number === undefined ? {} : { number: item.number }),
    ...(item.reason === undefined ? {} : { reason: item.reason }),
    ...(item.recall ? { recall: viewRecall(item.recall.status, item.recall.at, item.recall.reason) } : {}),
  };
}

export function viewIncoming(incoming: Incoming, now: EpochMs): IncomingView {
  const { code, state, unit, reference, type, subject, urgency, documentId } = incoming;
  return {
    code,
    state,
    unit,
    sender: { code: incoming.sender, name: incoming.senderName },
    reference,
    type,
    subject,
    urgency,
    documentId,
    verdict: { ...incoming.verdict, checkedAt: formatIso(incoming.verdict.checkedAt) },
    arrivedAt: formatIso(incoming.arrivedAt),
    registerBy: formatIso(incoming.registerBy),
    late: handledAt(incoming, now) > incoming.registerBy,
    ...('registeredAt' in incoming && incoming.registeredAt !== undefined
      ? { number: incoming.numberText, registeredAt: formatIso(incoming.registeredAt) }
      : {}),
    ...(incoming.state === 'returned' ? { returnedAt: formatIso(incoming.returnedAt), reason: incoming.reason } : {}),
    ...(incoming.state === 'cancelled' ? { cancelledAt: formatIso(incoming.cancelledAt) } : {}),
    ...viewIncomingStanding(incoming),
  };
}

function viewIncomingStanding({ recall, replaces, replacement }: Incoming) {
  const { status, reason: asked, askedAt, answeredAt = askedAt, refusal } = recall ?? {};
  return {
    ...(status === undefined || asked === undefined || askedAt === undefined || answeredAt === undefined
      ? {}
      : { recall: { ...viewRecall(status, answeredAt, refusal), asked, askedAt: formatIso(askedAt) } }),
    ...(replaces ? { replaces: viewOther(replaces) } : {}),
    ...(replacement ? { replacedBy: viewOther(replacement) } : {}),
  };
}

/** When the receiver did with it what is to be done in time. */
function handledAt(incoming: Incoming, now: EpochMs): EpochMs {
  switch (incoming.state) {
    case 'arrived':
      return now;
    case 'registered':
      return incoming.registeredAt;
    case 'returned':
      return incoming.returnedAt;
    case 'cancelled':
      return incoming.registeredAt ?? incoming.cancelledAt;
  }
}

import * as z from 'zod';
import { unitCode } from '../directory/unit.ts';
import type { CaseEvent } from '../evidence/case-event.ts';
import { type JobDraft, type JobTable, tellUnit } from '../jobs/job-table.ts';

const drafts = z.object({ code: z.string(), unit: unitCode });
const issued = z.object({ recipients: z.array(unitCode) });
const answered = z.object({ code: z.string(), sender: unitCode, unit: z.string(), document: z.string() });
const incoming = z.object({ code: z.string(), unit: unitCode, sender: z.string(), number: z.string() });

const replacedThere = incoming.extend({ replacement: z.string() });

const toSign = (event: CaseEvent): JobDraft[] => {
  const { code, unit } = drafts.parse(event.data);
  return [tellUnit('dispatch.to-sign', unit, 'leader', { code })];
};

/** One job for each unit that the event names. */
const toRecipients =
  (job: 'deliver' | 'ask-recall' | 'tell-replaced') =>
  (event: CaseEvent): JobDraft[] =>
    issued.parse(event.data).recipients.map((recipient) => ({ job, recipient }));

/** The sender's clerks are told what a recipient did with it. */
const tellSender =
  (template: string) =>
  (event: CaseEvent): JobDraft[] => {
    const { code, sender, unit, document } = answered.parse(event.data);
    return [tellUnit(template, sender, 'clerk', { code, number: document, unit })];
  };

/** Which event of a dispatch, at its sender or at a receiver, causes which work. */
export const EXCHANGE_JOBS: JobTable = {
  'dispatch.drafted': toSign,
  'dispatch.redrafted': toSign,
  'dispatch.approved': () => [{ job: 'sign-dispatch' }],
  'dispatch.signed': (event) => {
    const { code, unit } = drafts.parse(event.data);
    return [tellUnit('dispatch.to-issue', unit, 'clerk', { code })];
  },
  'dispatch.numbered': () => [{ job: 'seal-dispatch' }],
  'dispatch.issued': toRecipients('deliver'),
  'dispatch.registered': tellSender('dispatch.registered'),
  'dispatch.returned': tellSender('dispatch.returned'),
  'incoming.arrived': (event) => {
    const { code, unit, sender, number } = incoming.parse(event.data);
    return [tellUnit('dispatch.arrived', unit, 'clerk', { code, number, unit: sender })];
  },
  'dispatch.recalled': toRecipients('ask-recall'),
  'dispatch.replaced': toRecipients('tell-replaced'),
  'dispatch.recall-agreed': tellSender('dispatch.recall-agreed'),
  'dispatch.recall-refused': tellSender('dispatch.recall-refused'),
  'incoming.recall-asked': (event) => {
    const { code, unit, sender, number } = incoming.parse(event.data);
    return [tellUnit('dispatch.recall-asked', unit, 'clerk', { code, number, unit: sender })];
  },
  'incoming.recall-agreed': () => [{ job: 'report-recall' }],
  'incoming.recall-refused': () => [{ job: 'report-recall' }],
  'incoming.replaced': (event) => {
    const { code, unit, sender, number, replacement } = replacedThere.parse(event.data);
    return [tellUnit('dispatch.replaced', unit, 'clerk', { code, number, unit: sender, replacement })];
  },
  'incoming.registered': () => [{ job: 'report-status' }],
  'incoming.returned': () => [{ job: 'report-status' }],
};

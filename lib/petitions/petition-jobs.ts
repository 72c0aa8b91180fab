import * as z from 'zod';
import { personId } from '../directory/person.ts';
import { unitCode } from '../directory/unit.ts';
import type { CaseEvent } from '../evidence/case-event.ts';
import { type JobTable, tellPerson, tellUnit } from '../jobs/job-table.ts';
import { formatIso } from '../platform/clock.ts';

const facts = z.object({
  code: z.string(),
  owner: personId,
  assignee: personId,
  unit: unitCode,
  due: z.number().int(),
  number: z.string(),
});

/** The facts a row needs, read from the event. An event that lacks one is a mistake of ours and stops the relay. */
function read<K extends keyof z.infer<typeof facts>>(event: CaseEvent, ...keys: readonly K[]) {
  const mask = Object.fromEntries(keys.map((key) => [key, true])) as { [P in K]: true };
  return facts.pick(mask as never).parse(event.data) as Pick<z.infer<typeof facts>, K>;
}

/** A day as people write it: 30/03/2026. */
export function writtenDay(at: number): string {
  return formatIso(at).slice(0, 10).split('-').reverse().join('/');
}

/** Which event of a petition causes which work. */
export const PETITION_JOBS: JobTable = {
  'petition.submitted': (event) => {
    const { code, unit } = read(event, 'code', 'unit');
    return [{ job: 'sign-receipt' }, tellUnit('petition.arrived', unit, 'clerk', { code })];
  },
  'petition.receipt-sealed': (event) => {
    const { code, owner } = read(event, 'code', 'owner');
    return [tellPerson('petition.received', owner, { code })];
  },
  'petition.accepted': (event) => {
    const { code, owner, due } = read(event, 'code', 'owner', 'due');
    return [tellPerson('petition.accepted', owner, { code, due: writtenDay(due) })];
  },
  'petition.assigned': (event) => {
    const { code, assignee, due } = read(event, 'code', 'assignee', 'due');
    return [tellPerson('petition.assigned', assignee, { code, due: writtenDay(due) })];
  },
  'petition.answer-written': () => [{ job: 'author-answer' }],
  'petition.answer-drafted': (event) => {
    const { code, unit } = read(event, 'code', 'unit');
    return [tellUnit('petition.to-sign', unit, 'leader', { code })];
  },
  'petition.answer-approved': () => [{ job: 'sign-answer' }],
  'petition.answer-signed': (event) => {
    const { code, unit } = read(event, 'code', 'unit');
    return [tellUnit('petition.to-issue', unit, 'clerk', { code })];
  },
  'petition.answer-numbered': () => [{ job: 'seal-answer' }],
  'petition.answered': (event) => {
    const { code, owner, number } = read(event, 'code', 'owner', 'number');
    return [tellPerson('petition.answered', owner, { code, number })];
  },
  'petition.returned': (event) => {
    const { code, owner } = read(event, 'code', 'owner');
    return [tellPerson('petition.returned', owner, { code })];
  },
  'petition.late': (event) => {
    const { code, unit, due } = read(event, 'code', 'unit', 'due');
    return [
      tellUnit('petition.late', unit, 'leader', { code, due: writtenDay(due) }),
      tellUnit('petition.late', unit, 'clerk', { code, due: writtenDay(due) }),
    ];
  },
};

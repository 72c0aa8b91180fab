import { describe, expect, it } from 'vitest';
import type { PersonId, UnitCode } from '../../../lib/access/actor.ts';
import { WorkingCalendar } from '../../../lib/calendar/working-calendar.ts';
import { EMPTY_LOG } from '../../../lib/evidence/case-event.ts';
import { type Petition, type PetitionIn, petitionRecord } from '../../../lib/petitions/petition.ts';
import { answerDeadline } from '../../../lib/petitions/time-limits.ts';
import * as to from '../../../lib/petitions/transitions.ts';
import type { CaseCode, Id } from '../../../lib/platform/ids.ts';
import { DAY, NOW } from '../../support/pki/authority.ts';

const CLERK = { personId: 'clerk' as PersonId };
const OFFICER = 'officer' as PersonId;
const HASH = 'a'.repeat(64);
const DOCUMENT = 'D' as Id;

const petition: PetitionIn<'submitted'> = {
  state: 'submitted',
  code: 'PA-0000-0000-0' as CaseCode,
  kind: 'feedback',
  unit: 'H56.12.03' as UnitCode,
  owner: 'citizen' as PersonId,
  ownerName: 'Nguyễn Thị Lan',
  subject: 'Đường hỏng',
  text: 'Đường liên thôn bị hỏng.',
  attachments: [],
  submittedAt: NOW,
  receipt: { documentId: 'R' as Id },
  pending: [],
  log: EMPTY_LOG,
};
const deadline = answerDeadline(new WorkingCalendar(), 'feedback', NOW);
const approval = {
  by: 'leader' as PersonId,
  name: 'L',
  title: 'CHỦ TỊCH',
  capacity: 'head',
  at: NOW,
  sha256: HASH,
} as const;
const draft = { documentId: DOCUMENT, sha256: HASH, drafter: OFFICER };

/** Every verb, with what it needs besides the petition. */
const VERBS = {
  accept: (from: Petition) => to.accepted(from, CLERK, deadline, NOW),
  assign: (from: Petition) => to.assigned(from, CLERK, OFFICER, NOW),
  return: (from: Petition) => to.returned(from, CLERK, 'Không thuộc thẩm quyền.', NOW),
  write: (from: Petition) => to.answerWritten(from, { personId: OFFICER }, { documentId: DOCUMENT, text: 'T' }, NOW),
  draft: (from: Petition) => to.answerDrafted(from, draft, NOW),
  approve: (from: Petition) => to.answerApproved(from, approval),
  sign: (from: Petition) => to.answerSigned(from, HASH, NOW),
  refuse: (from: Petition) => to.answerNotSigned(from, 'pdf_xfa', NOW),
  number: (from: Petition) => to.answerNumbered(from, CLERK, { number: 1, text: '01/UBND' }, NOW),
  seal: (from: Petition) => to.answered(from, HASH, NOW),
  rate: (from: Petition) => to.rated(from, true, NOW),
} as const;
type Verb = keyof typeof VERBS;

const through = (...verbs: readonly Verb[]): Petition =>
  verbs.reduce((from: Petition, verb) => petitionRecord.parse(VERBS[verb](from).next), petition);

const REACHED: readonly [Petition['state'], readonly Verb[], readonly Verb[]][] = [
  ['submitted', [], ['accept', 'return']],
  ['accepted', ['accept'], ['assign', 'return']],
  ['assigned', ['accept', 'assign'], ['assign', 'return', 'write', 'draft']],
  ['answer-writing', ['accept', 'assign', 'write'], ['draft']],
  ['answer-drafted', ['accept', 'assign', 'draft'], ['write', 'draft', 'approve']],
  ['answer-approved', ['accept', 'assign', 'draft', 'approve'], ['sign', 'refuse']],
  ['answer-signed', ['accept', 'assign', 'draft', 'approve', 'sign'], ['write', 'draft', 'number']],
  ['answer-issuing', ['accept', 'assign', 'draft', 'approve', 'sign', 'number'], ['seal']],
  ['answered', ['accept', 'assign', 'draft', 'approve', 'sign', 'number', 'seal'], ['rate']],
  ['returned', ['accept', 'return'], []],
];

describe('the states of a petition', () => {
  it.each(REACHED)('%s: takes its own verbs and no others', (state, path, takes) => {
    const reached = through(...path);
    expect(reached.state).toBe(state);
    for (const verb of Object.keys(VERBS) as Verb[]) {
      if (takes.includes(verb)) expect(VERBS[verb](reached).next.code).toBe(petition.code);
      else expect(() => VERBS[verb](reached), verb).toThrow('invalid_state');
    }
  });

  it('names in no event anything that a person wrote or is called', () => {
    for (const [, path] of REACHED) {
      for (const [index, verb] of path.entries()) {
        const { event } = VERBS[verb](through(...path.slice(0, index)));
        expect(JSON.stringify(event)).not.toMatch(/Lan|Đường|thẩm quyền|CHỦ TỊCH/);
      }
    }
  });

  it('keeps track of the work of the worker, and of no other', () => {
    const jobs = (reached: Petition) => reached.pending.map((work) => work.job);
    expect(jobs(to.submitted(petition, []).next)).toEqual(['sign-receipt']);
    expect(jobs(through('accept', 'assign', 'write'))).toEqual(['author-answer']);
    expect(jobs(through('accept', 'assign', 'write', 'draft'))).toEqual([]);
    expect(jobs(through('accept', 'assign', 'draft', 'approve'))).toEqual(['sign-answer']);
    expect(jobs(through('accept', 'assign', 'draft', 'approve', 'refuse'))).toEqual([]);
    expect(jobs(through('accept', 'assign', 'draft', 'approve', 'sign', 'number'))).toEqual(['seal-answer']);
    expect(jobs(through('accept', 'assign', 'draft', 'approve', 'sign', 'number', 'seal'))).toEqual([]);
  });

  it('forgets an approval when the draft changes', () => {
    const changed = through('accept', 'assign', 'draft', 'approve', 'sign', 'draft');
    expect(changed).not.toHaveProperty('approval');
    expect(changed).not.toHaveProperty('signed');
  });
});

describe('lateness', () => {
  const { at: due } = deadline;

  it('is established once, the moment the deadline has passed', () => {
    const open = through('accept', 'assign');
    expect(to.late(open, due)).toBeUndefined();
    const late = to.late(open, due + 1);
    expect(late?.next).toMatchObject({ state: 'assigned', lateSince: due });
    expect(to.late(late?.next ?? open, due + DAY)).toBeUndefined();
  });

  it('does not meet what is closed, or not accepted yet', () => {
    for (const path of [[], ['return'], ['accept', 'return'], REACHED[8]?.[1] ?? []] as Verb[][]) {
      expect(to.late(through(...path), due + DAY)).toBeUndefined();
    }
  });

  it('is told of an answer that came after its deadline', () => {
    const event = to.answered(through('accept', 'assign', 'draft', 'approve', 'sign', 'number'), HASH, due + 1).event;
    expect(event.data).toMatchObject({ onTime: false });
  });
});

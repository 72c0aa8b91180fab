import { describe, expect, it } from 'vitest';
import type { Actor, Assignment, PersonId, StaffRole, UnitCode } from '../../../lib/access/actor.ts';
import { type Action, allowed, authorize, type Subject } from '../../../lib/access/policy.ts';

const HERE = 'H56.01.01' as UnitCode;
const NEIGHBOUR = 'H56.01.02' as UnitCode;
const NOW = Date.parse('2026-03-09T10:00:00+07:00');

const actor = (id: string, assignments: Assignment[] = [], operator = false): Actor => ({
  personId: id as PersonId,
  name: id,
  email: undefined,
  operator,
  assignments,
});
const in_ = (unit: UnitCode, role: StaffRole, until?: string): Assignment => ({
  unit,
  role,
  title: role,
  from: '2025-07-01',
  until,
});

const CALLERS = {
  stranger: actor('stranger'),
  owner: actor('owner'),
  'other citizen': actor('other'),
  clerk: actor('clerk', [in_(HERE, 'clerk')]),
  officer: actor('officer', [in_(HERE, 'officer')]),
  assignee: actor('assignee', [in_(HERE, 'officer')]),
  leader: actor('leader', [in_(HERE, 'leader')]),
  'neighbour clerk': actor('n-clerk', [in_(NEIGHBOUR, 'clerk')]),
  'neighbour officer': actor('n-officer', [in_(NEIGHBOUR, 'officer')]),
  'neighbour leader': actor('n-leader', [in_(NEIGHBOUR, 'leader')]),
  'clerk until yesterday': actor('was-clerk', [in_(HERE, 'clerk', '2026-03-08')]),
  'assignee until yesterday': actor('assignee', [in_(HERE, 'officer', '2026-03-08')]),
  'leader until yesterday': actor('was-leader', [in_(HERE, 'leader', '2026-03-08')]),
  operator: actor('operator', [], true),
} as const;
type Caller = keyof typeof CALLERS;

const EVERYONE = Object.keys(CALLERS) as Caller[];
const STAFF: readonly Caller[] = ['clerk', 'officer', 'assignee', 'leader'];

const petition: Subject = { owner: CALLERS.owner.personId, unit: HERE, assignee: CALLERS.assignee.personId };
const denunciation: Subject = { ...petition, identityProtected: true };
const ofUnit: Subject = { unit: HERE };

/** Who may: everyone who is not named may not. */
const TABLE: readonly [Action, string, Subject, readonly Caller[]][] = [
  ['upload.create', 'anything', {}, EVERYONE],
  ['upload.read', 'one’s upload', { owner: CALLERS.owner.personId }, ['owner']],
  ['document.read', 'a document of a unit', petition, ['owner', ...STAFF]],
  [
    'document.read',
    'a document with another reader',
    { ...ofUnit, readers: [NEIGHBOUR] },
    [...STAFF, 'neighbour clerk', 'neighbour officer', 'neighbour leader'],
  ],
  ['document.read', 'a document of a denunciation', denunciation, ['owner', 'assignee', 'leader']],
  ['document.read', 'a document of nobody', {}, []],

  ['petition.submit', 'anything', {}, EVERYONE],
  ['petition.read', 'a petition', petition, ['owner', ...STAFF]],
  ['petition.read', 'a denunciation', denunciation, ['owner', 'clerk', 'assignee', 'leader']],
  ['petition.read-identity', 'a petition', petition, ['owner', ...STAFF]],
  ['petition.read-identity', 'a denunciation', denunciation, ['owner', 'assignee', 'leader']],
  ['petition.list-unit', 'a unit', ofUnit, STAFF],
  ['petition.accept', 'a petition', petition, ['clerk']],
  ['petition.return', 'a petition', petition, ['clerk', 'leader']],
  ['petition.assign', 'a petition', petition, ['clerk', 'leader']],
  ['petition.draft-answer', 'a petition', petition, ['assignee']],
  ['petition.draft-answer', 'a denunciation', denunciation, ['assignee']],
  ['petition.sign-answer', 'a petition', petition, ['leader']],
  ['petition.issue-answer', 'a petition', petition, ['clerk']],
  ['petition.evidence', 'a petition', petition, ['owner', ...STAFF]],
  ['petition.evidence', 'a denunciation', denunciation, ['owner', 'clerk', 'assignee', 'leader']],
  ['petition.export', 'a petition', petition, ['owner', ...STAFF]],
  ['petition.export', 'a denunciation', denunciation, ['owner', 'assignee', 'leader']],
  ['petition.rate', 'a petition', petition, ['owner']],

  ['dispatch.draft', 'a unit', ofUnit, ['clerk', 'officer', 'assignee']],
  ['dispatch.read', 'a dispatch', ofUnit, STAFF],
  ['dispatch.evidence', 'a dispatch', ofUnit, STAFF],
  ['dispatch.export', 'a dispatch', ofUnit, STAFF],
  ['dispatch.sign', 'a dispatch', ofUnit, ['leader']],
  ['dispatch.issue', 'a dispatch', ofUnit, ['clerk']],
  ['dispatch.recall', 'a dispatch', ofUnit, ['clerk', 'leader']],
  ['incoming.read', 'an incoming document', ofUnit, STAFF],
  ['incoming.export', 'an incoming document', ofUnit, STAFF],
  ['incoming.register', 'an incoming document', ofUnit, ['clerk']],
  ['incoming.return', 'an incoming document', ofUnit, ['clerk']],
  ['incoming.answer-recall', 'an incoming document', ofUnit, ['clerk']],
  ['register.read', 'a register', ofUnit, STAFF],

  ['directory.read', 'anything', {}, EVERYONE],
  ['directory.write', 'anything', {}, ['operator']],
  ['trust.write', 'anything', {}, ['operator']],
];

describe('the access policy', () => {
  it.each(TABLE)('%s on %s', (action, _, subject, may) => {
    const granted = EVERYONE.filter((caller) => allowed(CALLERS[caller], action, subject, NOW));
    expect(new Set(granted)).toEqual(new Set(may));
  });

  it('grants nobody anything on a subject that belongs to nobody', () => {
    const open: Action[] = ['upload.create', 'petition.submit', 'directory.read', 'directory.write', 'trust.write'];
    for (const [action] of TABLE) {
      if (open.includes(action)) continue;
      for (const caller of EVERYONE) expect(allowed(CALLERS[caller], action, {}, NOW)).toBe(false);
    }
  });

  it('counts the first and the last day of an assignment, and no other', () => {
    const clerk = actor('x', [{ ...in_(HERE, 'clerk', '2026-03-09'), from: '2026-03-09' }]);
    const day = (iso: string) => allowed(clerk, 'petition.accept', petition, Date.parse(`${iso}+07:00`));
    expect(day('2026-03-08T23:59:59')).toBe(false);
    expect(day('2026-03-09T00:00:00')).toBe(true);
    expect(day('2026-03-09T23:59:59')).toBe(true);
    expect(day('2026-03-10T00:00:00')).toBe(false);
  });

  it('hides what the caller may not read, and forbids what they may only read', () => {
    const attempt = (caller: Caller) => () =>
      authorize(CALLERS[caller], 'petition.accept', petition, NOW, 'petition.read');
    expect(attempt('neighbour clerk')).toThrow('not_found');
    expect(attempt('other citizen')).toThrow('not_found');
    expect(attempt('owner')).toThrow('forbidden');
    expect(attempt('leader')).toThrow('forbidden');
    expect(attempt('clerk')).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import type { Assignment, Capacity, UnitCode } from '../../../lib/access/actor.ts';
import { competenceOf, printedTitle } from '../../../lib/access/signing-competence.ts';

const UNIT = 'H56.01.01' as UnitCode;
const NOW = Date.parse('2026-03-09T10:00:00+07:00');
const leader = (capacity: Capacity | undefined, more: Partial<Assignment> = {}): Assignment => ({
  unit: UNIT,
  role: 'leader',
  title: 'CHỦ TỊCH',
  capacity,
  from: '2025-07-01',
  ...more,
});
const attempt =
  (type: string, ...assignments: Assignment[]) =>
  () =>
    competenceOf({ assignments }, UNIT, type, NOW);

describe('who may sign on the day', () => {
  it.each(['head', 'KT', 'TM', 'TL'] as const)('a leader in the capacity %s', (capacity) => {
    expect(attempt('cong-van', leader(capacity))()).toEqual({ title: 'CHỦ TỊCH', capacity });
  });

  it('prefers the capacity nearest to the head, and prints it before the title', () => {
    const competence = attempt(
      'cong-van',
      leader('TL', { title: 'CHÁNH VĂN PHÒNG' }),
      leader('KT', { title: 'PHÓ CHỦ TỊCH' }),
    )();
    expect(printedTitle({ ...competence, principal: 'Chủ tịch' })).toEqual(['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH']);
    expect(printedTitle({ title: 'Chủ tịch', capacity: 'head' })).toEqual(['CHỦ TỊCH']);
  });

  it.each([
    ['without a capacity', 'cong-van', leader(undefined)],
    ['whose term ended yesterday', 'cong-van', leader('head', { until: '2026-03-08' })],
    ['whose term begins tomorrow', 'cong-van', leader('head', { from: '2026-03-10' })],
    ['of another unit', 'cong-van', leader('head', { unit: 'H56.01.02' as UnitCode })],
    ['authorised without a time limit', 'cong-van', leader('TUQ')],
    ['authorised, who would pass it on', 'giay-uy-quyen', leader('TUQ', { until: '2026-12-31' })],
    ['who is no leader', 'cong-van', leader('head', { role: 'officer' })],
  ])('not someone %s', (_, type, assignment) => {
    expect(attempt(type, assignment)).toThrow('signer_not_competent');
  });

  it('someone authorised until a day, up to that day', () => {
    expect(attempt('cong-van', leader('TUQ', { until: '2026-03-09' }))().capacity).toBe('TUQ');
  });
});

import { expect, it } from 'vitest';
import { chain, EMPTY_LOG, type EventDraft } from '../../../lib/evidence/case-event.ts';
import { checkLog } from '../../../lib/evidence/check-log.ts';

const draft = (n: number): EventDraft => ({
  type: 'petition.assigned',
  at: 1_780_000_000_000 + n,
  actor: { kind: 'person', id: `p${n}` },
  data: { n },
});

it('the hash-chained log of a case is the same whether appended at once or one by one', () => {
  const first = chain('CASE', EMPTY_LOG, [draft(0)]);
  const second = chain('CASE', first.head, [draft(1)]);
  expect(second.head).toEqual(chain('CASE', EMPTY_LOG, [draft(0), draft(1)]).head);
  expect(checkLog('CASE', [...first.events, ...second.events], second.head)).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseEvent, chain, checkChain, EMPTY_LOG, type EventDraft } from '../../../lib/evidence/case-event.ts';

const draft = (n: number): EventDraft => ({
  type: 'petition.assigned',
  at: 1_780_000_000_000 + n,
  actor: { kind: 'person', id: `p${n}` },
  data: { n },
});
const whole = (length: number) =>
  chain(
    'CASE',
    EMPTY_LOG,
    Array.from({ length }, (_, n) => draft(n)),
  );

describe('the hash-chained log of a case', () => {
  it('is the same whether appended at once or one by one', () => {
    const first = chain('CASE', EMPTY_LOG, [draft(0)]);
    const second = chain('CASE', first.head, [draft(1)]);
    expect(second.head).toEqual(whole(2).head);
    expect(checkChain('CASE', [...first.events, ...second.events], second.head)).toBeUndefined();
  });

  it('names the record that was edited, also when its own hash was made anew', () => {
    const { events, head } = whole(4);
    const edited = events.map((event) => (event.seq === 2 ? { ...event, at: event.at + 1 } : event));
    expect(checkChain('CASE', edited, head)).toEqual({ seq: 2, fault: 'edited' });
    const [, second] = events as [CaseEvent, CaseEvent];
    const forged = chain('CASE', { seq: 1, hash: second.previous }, [{ ...draft(9) }]).events[0] as CaseEvent;
    expect(checkChain('CASE', events.with(1, forged), head)).toEqual({ seq: 3, fault: 'unlinked' });
    expect(
      checkChain(
        'CASE',
        events.with(3, chain('CASE', { seq: 3, hash: events[2]?.hash ?? '' }, [draft(9)]).events[0] as CaseEvent),
        head,
      ),
    ).toEqual({ seq: 4, fault: 'edited' });
  });

  it('names what was removed, reordered, cut off, added or taken from another case', () => {
    const { events, head } = whole(4);
    expect(checkChain('CASE', events.toSpliced(1, 1), head)).toEqual({ seq: 2, fault: 'missing' });
    expect(checkChain('CASE', events.slice(0, 3), head)).toEqual({ seq: 4, fault: 'truncated' });
    expect(checkChain('CASE', events.toReversed(), head)?.fault).toBe('missing');
    expect(checkChain('CASE', [events[0], events[1], events[1], events[2]] as CaseEvent[], head)).toEqual({
      seq: 2,
      fault: 'reordered',
    });
    expect(checkChain('CASE', whole(5).events, head)).toEqual({ seq: 5, fault: 'surplus' });
    expect(checkChain('OTHER', events, head)).toEqual({ seq: 1, fault: 'edited' });
  });

  it('notices any change to any field of any record', () => {
    const { events, head } = whole(5);
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.constantFrom('type', 'at', 'actor', 'data', 'previous', 'hash', 'caseId'),
        (at, field) => {
          const event = events[at] as CaseEvent;
          const value = event[field as keyof CaseEvent];
          const other =
            typeof value === 'number'
              ? value + 1
              : typeof value === 'string'
                ? `${value.slice(1)}x`
                : { changed: true };
          expect(checkChain('CASE', events.with(at, { ...event, [field]: other } as CaseEvent), head)).toBeDefined();
        },
      ),
    );
  });
});

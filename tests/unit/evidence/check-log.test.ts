import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseEvent, chain, EMPTY_LOG, type EventDraft, hashOf } from '../../../lib/evidence/case-event.ts';
import { checkLog, type RecordFault } from '../../../lib/evidence/check-log.ts';

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
const knownOf = (events: readonly CaseEvent[]) => new Map(events.map(({ seq, hash }) => [seq, hash]));

/** The log as a forger writes it: numbers, links and hashes all fit again. */
function rewritten(events: readonly CaseEvent[]) {
  return chain('CASE', EMPTY_LOG, events);
}
const short = (faults: readonly RecordFault[]) =>
  faults.map(({ fault, seq, to }) => `${fault} ${seq}${to === undefined ? '' : `-${to}`}`);
const edit = (event: CaseEvent): CaseEvent => ({ ...event, data: { ...event.data, forged: true } });
const rehashed = ({ hash: _, ...body }: CaseEvent): CaseEvent => ({ ...body, hash: hashOf(body) });

/** A log of 1 to 12 records and one of its places. */
const logAndPlace = fc
  .integer({ min: 1, max: 12 })
  .chain((length) => fc.tuple(fc.constant(length), fc.nat(length - 1)));

describe('a log that is whole', () => {
  it('has no faults, with or without hashes that are known from elsewhere', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), (length, rooted) => {
        const { events, head } = whole(length);
        expect(checkLog('CASE', events, head)).toEqual([]);
        expect(checkLog('CASE', events, head, knownOf(events.slice(0, rooted)))).toEqual([]);
      }),
    );
  });
});

describe('a log from the table, of which nothing else is known', () => {
  it('names the record of which any field was edited', () => {
    const fields = ['type', 'at', 'actor', 'data', 'previous', 'hash', 'caseId'] as const;
    fc.assert(
      fc.property(logAndPlace, fc.constantFrom(...fields), ([length, at], field) => {
        const { events, head } = whole(length);
        const event = events[at]!;
        const value = event[field];
        const other =
          typeof value === 'number'
            ? value + 1
            : typeof value === 'string'
              ? `${value.slice(1)}x`
              : { kind: 'x', id: 'y' };
        const forged = events.with(at, { ...event, [field]: other } as CaseEvent);
        expect(short(checkLog('CASE', forged, head))).toEqual([`edited ${at + 1}`]);
      }),
    );
  });

  it('names it also when its own hash was made anew', () => {
    fc.assert(
      fc.property(logAndPlace, ([length, at]) => {
        const { events, head } = whole(length);
        expect(short(checkLog('CASE', events.with(at, rehashed(edit(events[at]!))), head))).toEqual([
          `edited ${at + 1}`,
        ]);
      }),
    );
  });

  it('names what was removed', () => {
    fc.assert(
      fc.property(logAndPlace, fc.integer({ min: 1, max: 4 }), ([length, at], count) => {
        const { events, head } = whole(length);
        const last = Math.min(at + count, length);
        const expected = last === at + 1 ? `removed ${at + 1}` : `removed ${at + 1}-${last}`;
        expect(short(checkLog('CASE', events.toSpliced(at, count), head))).toEqual([expected]);
      }),
    );
  });

  it('names a record that was moved, and which one of two was inserted', () => {
    fc.assert(
      fc.property(logAndPlace, fc.nat(11), ([length, from], to) => {
        const { events, head } = whole(length);
        const moved = events.toSpliced(from, 1).toSpliced(to % length, 0, events[from]!);
        const faults = checkLog('CASE', moved, head);
        // Of two neighbours that changed places, either one was moved.
        if (Math.abs(from - (to % length)) === 1) expect(faults).toHaveLength(1);
        else expect(short(faults)).toEqual(from === to % length ? [] : [`reordered ${from + 1}`]);
        const extra = rehashed({ ...edit(events[from]!), seq: from + 1 });
        const place = to % (length + 1);
        expect(checkLog('CASE', events.toSpliced(place, 0, extra), head)).toEqual([
          { fault: 'inserted', seq: from + 1, place: place + 1 },
        ]);
      }),
    );
  });

  it('names what was added at the end, and every record of another case', () => {
    expect(short(checkLog('CASE', whole(5).events, whole(4).head))).toEqual(['inserted 5']);
    expect(short(checkLog('OTHER', whole(2).events, whole(2).head))).toEqual(['edited 1', 'edited 2']);
  });
});

describe('a log that was written anew, every hash made to fit', () => {
  it('is whole in itself: only hashes from elsewhere tell', () => {
    const { events } = whole(4);
    const forged = rewritten(events.with(1, edit(events[1]!)));
    expect(checkLog('CASE', forged.events, forged.head)).toEqual([]);
  });

  it('has just the edited record named', () => {
    fc.assert(
      fc.property(logAndPlace, fc.nat(11), ([length, at], later) => {
        const { events } = whole(length);
        const forged = rewritten(events.with(at, edit(events[at]!)));
        // Known at least up to the record, not always to the end.
        const known = knownOf(events.slice(0, Math.max(at + 1, later)));
        expect(short(checkLog('CASE', forged.events, forged.head, known))).toEqual([`edited ${at + 1}`]);
      }),
    );
  });

  it('has just the removed record named', () => {
    fc.assert(
      fc.property(logAndPlace, fc.nat(11), ([length, at], later) => {
        const { events } = whole(length);
        const forged = rewritten(events.toSpliced(at, 1));
        const known = knownOf(events.slice(0, Math.max(at + 1, later)));
        // Where nothing after it is known, what comes next stands in its place: it reads as edited.
        const faults = short(checkLog('CASE', forged.events, forged.head, known));
        if (known.size > at + 1 || at === length - 1) expect(faults).toEqual([`removed ${at + 1}`]);
        else expect(faults).toEqual([`edited ${at + 1}`]);
      }),
    );
  });

  it('has just the inserted record named', () => {
    fc.assert(
      fc.property(logAndPlace, ([length, at]) => {
        const { events } = whole(length);
        const forged = rewritten(events.toSpliced(at, 0, edit(events[at]!)));
        expect(checkLog('CASE', forged.events, forged.head, knownOf(events))).toEqual([
          { fault: 'inserted', seq: at + 1, place: at + 1 },
        ]);
      }),
    );
  });

  it('has a record named that was moved', () => {
    fc.assert(
      fc.property(logAndPlace, fc.nat(11), ([length, from], to) => {
        const { events } = whole(length);
        const target = to % length;
        const forged = rewritten(events.toSpliced(from, 1).toSpliced(target, 0, events[from]!));
        const faults = checkLog('CASE', forged.events, forged.head, knownOf(events));
        if (from === target) expect(faults).toEqual([]);
        else if (Math.abs(from - target) === 1) expect(faults.map(({ fault }) => fault)).toEqual(['reordered']);
        else expect(short(faults)).toEqual([`reordered ${from + 1}`]);
      }),
    );
  });
});

it('takes hostile numbers without counting up to them', () => {
  const { events } = whole(2);
  const head = { seq: Number.MAX_SAFE_INTEGER, hash: 'f'.repeat(64) };
  expect(short(checkLog('CASE', events, head))).toEqual([`removed 3-${Number.MAX_SAFE_INTEGER}`]);
  expect(short(checkLog('CASE', [{ ...events[0]!, seq: 1e18 }, events[1]!], whole(2).head))).toContain('removed 1');
});

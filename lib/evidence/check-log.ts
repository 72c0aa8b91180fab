import type { Sha256Hex } from '../platform/hash.ts';
import { type CaseEvent, EMPTY_LOG, hashOf, type LogHead } from './case-event.ts';

/** What is wrong with one record of a log. */
export interface RecordFault {
  /** `removed` also stands for what is missing at the end. */
  readonly fault: 'edited' | 'removed' | 'inserted' | 'reordered';
  /** Number of the record, as it was before. */
  readonly seq: number;
  /** Last of a row of removed records. */
  readonly to?: number;
  /** Place in the list, counted from 1; absent where the record is not there. */
  readonly place?: number;
}

/** Hash of each record that is known from elsewhere: from the daily roots. */
export type KnownHashes = ReadonlyMap<number, Sha256Hex>;

/** Records that no longer stand where they did are looked for among this many at most. */
const MOST_ASTRAY = 200;

/**
 * Checks a log as it was read, and names every record that was edited, removed, inserted or moved. A log that was written anew
 * from some record on, every hash made to fit, is whole in itself: where `known` hashes tell otherwise, just the record that
 * was changed is named, not those that only had to be linked again.
 * @returns empty when the log is whole up to `head`
 */
export function checkLog(
  caseId: string,
  events: readonly CaseEvent[],
  head: LogHead,
  known: KnownHashes = new Map(),
): RecordFault[] {
  const listed = events.map((event, index) => ({ event, place: index + 1 }));
  const claims = Map.groupBy(listed, ({ event }) => event.seq);
  const expected = expectedHashes(claims, head, known);
  const last = Math.max(head.seq, ...known.keys());
  const log = { caseId, listed, claims, expected, known, head, last };
  const { found, free } = identify(log);
  const edited: RecordFault[] = [];
  for (const item of free) {
    const { seq } = item.event;
    if (found.has(seq) || !isPlace(log, seq)) continue;
    found.set(seq, item);
    free.delete(item);
    edited.push({ fault: 'edited', seq, place: item.place });
  }
  const inserted = [...free].map(({ event, place }) => ({ fault: 'inserted' as const, seq: event.seq, place }));
  const faults = [...edited, ...inserted, ...removed(log, found), ...reordered(found), ...relinked(log, found, edited)];
  return faults.sort((a, b) => a.seq - b.seq || (a.place ?? 0) - (b.place ?? 0));
}

/** What is known of a log that is checked. */
interface Log {
  readonly caseId: string;
  readonly listed: readonly Listed[];
  /** By the number that they bear. */
  readonly claims: ReadonlyMap<number, readonly Listed[]>;
  /** Hash that each record must have. */
  readonly expected: ReadonlyMap<number, Sha256Hex>;
  readonly known: KnownHashes;
  readonly head: LogHead;
  /** Number of the last record that there must be. */
  readonly last: number;
}

const isPlace = ({ last }: Log, seq: number): boolean => Number.isSafeInteger(seq) && seq >= 1 && seq <= last;

interface Listed {
  readonly event: CaseEvent;
  readonly place: number;
}

const bodyOf = ({ hash: _, ...body }: CaseEvent): Omit<CaseEvent, 'hash'> => body;
const isSound = (event: CaseEvent): boolean => hashOf(bodyOf(event)) === event.hash;

/**
 * The hash that each record must have: known from elsewhere, from the head, from the record after it, or else its own. The
 * record after it speaks only where its own hash is as expected.
 */
function expectedHashes(
  claims: ReadonlyMap<number, readonly Listed[]>,
  head: LogHead,
  known: KnownHashes,
): Map<number, Sha256Hex> {
  const expected = new Map<number, Sha256Hex>([
    [0, EMPTY_LOG.hash],
    ...(head.seq > 0 ? [[head.seq, head.hash] as const] : []),
    ...known,
  ]);
  for (const seq of [...claims.keys()].sort((a, b) => b - a)) {
    const sound = claims.get(seq)!.filter(({ event }) => isSound(event));
    const hash = expected.get(seq) ?? sound[0]?.event.hash;
    if (hash === undefined) continue;
    expected.set(seq, hash);
    const previous = sound.find(({ event }) => event.hash === hash)?.event.previous;
    if (previous !== undefined && !expected.has(seq - 1)) expected.set(seq - 1, previous);
  }
  return expected;
}

/** Whether it is the record `seq`, be it linked anew to a record before it that was changed. */
function isRecord({ caseId, expected }: Log, event: CaseEvent, seq: number): boolean {
  const hash = expected.get(seq);
  if (hash === undefined || event.caseId !== caseId) return false;
  const body = { ...bodyOf(event), seq };
  if (hashOf(body) === hash) return true;
  const previous = expected.get(seq - 1);
  return previous !== undefined && hashOf({ ...body, previous }) === hash;
}

/** Which record is which: those that are known from elsewhere first, wherever they stand now. */
function identify(log: Log): { readonly found: Map<number, Listed>; readonly free: Set<Listed> } {
  const found = new Map<number, Listed>();
  const free = new Set(log.listed);
  const take = (seq: number, item: Listed): void => {
    found.set(seq, item);
    free.delete(item);
  };
  const takeClaims = (wanted: (seq: number) => boolean): void => {
    for (const [seq, items] of log.claims) {
      if (!wanted(seq) || found.has(seq)) continue;
      const own = items.find((item) => free.has(item) && isRecord(log, item.event, seq));
      if (own) take(seq, own);
    }
  };
  takeClaims((seq) => log.known.has(seq));
  for (const [seq, item] of astray(log, free, found)) take(seq, item);
  for (const [seq, item] of tail(log, found)) if (free.has(item)) take(seq, item);
  takeClaims((seq) => isPlace(log, seq));
  return { found, free };
}

/** Known records that stand under another number than theirs: where one was taken out or put in and all was written anew. */
function astray(log: Log, free: ReadonlySet<Listed>, found: ReadonlyMap<number, Listed>): [number, Listed][] {
  const missing = [...log.known.keys()].filter((seq) => !found.has(seq)).slice(0, MOST_ASTRAY);
  const pairs: [number, Listed][] = [];
  for (const item of [...free].slice(0, MOST_ASTRAY)) {
    const at = missing.findIndex((seq) => isRecord(log, item.event, seq));
    if (at >= 0) pairs.push([missing.splice(at, 1)[0]!, item]);
  }
  return pairs;
}

/** What follows the last known record without a break, under whatever numbers. */
function tail({ caseId, listed, known, head }: Log, found: ReadonlyMap<number, Listed>): [number, Listed][] {
  const lastKnown = Math.max(0, ...known.keys());
  let before = found.get(lastKnown);
  const pairs: [number, Listed][] = [];
  for (const item of listed.slice(before?.place ?? listed.length)) {
    const { event } = item;
    const follows = event.previous === before?.event.hash && event.seq === before.event.seq + 1;
    if (!follows || event.seq > head.seq || event.caseId !== caseId || !isSound(event)) break;
    pairs.push([lastKnown + pairs.length + 1, item]);
    before = item;
  }
  return pairs;
}

/** Rows of numbers that nothing stands for. */
function removed({ claims, known, last }: Log, found: ReadonlyMap<number, Listed>): RecordFault[] {
  const faults: RecordFault[] = [];
  const lastKnown = Math.max(0, ...known.keys());
  // A number after those that are known, borne by a record that is known under another, was never anything else's.
  const given = [...claims.keys()].filter((seq) => seq > lastKnown && seq <= last);
  const there = new Set([...[...found.keys()].filter((seq) => seq <= last), ...given, last + 1]);
  let next = 1;
  for (const seq of [...there].sort((a, b) => a - b)) {
    if (seq > next) faults.push({ fault: 'removed', seq: next, ...(seq - 1 > next ? { to: seq - 1 } : {}) });
    next = seq + 1;
  }
  return faults;
}

/** Those that must be moved for the rest to stand in order: what is outside the longest rising row. */
function reordered(found: ReadonlyMap<number, Listed>): RecordFault[] {
  const row = [...found].map(([seq, { place }]) => ({ seq, place })).sort((a, b) => a.place - b.place);
  const inOrder = longestRising(row.map(({ seq }) => seq));
  return row.filter((_, index) => !inOrder.has(index)).map(({ seq, place }) => ({ fault: 'reordered', seq, place }));
}

/** Indices of a longest rising subsequence. */
function longestRising(values: readonly number[]): Set<number> {
  const ends: number[] = [];
  const before = new Map<number, number | undefined>();
  values.forEach((value, index) => {
    let at = ends.findIndex((end) => values[end]! >= value);
    if (at < 0) at = ends.length;
    before.set(index, ends[at - 1]);
    ends[at] = index;
  });
  const kept = new Set<number>();
  for (let index = ends.at(-1); index !== undefined; index = before.get(index)) kept.add(index);
  return kept;
}

/**
 * Records whose content is theirs, but not the number, the link or the hash that they bear. That is a change of the record itself
 * unless it only follows from what was done to one before it.
 */
function relinked(
  { listed, expected }: Log,
  found: ReadonlyMap<number, Listed>,
  edited: readonly RecordFault[],
): RecordFault[] {
  const faults: RecordFault[] = [];
  const named = new Set(edited.map(({ seq }) => seq));
  const seqOf = new Map([...found].map(([seq, { place }]) => [place, seq]));
  for (const [seq, { event, place }] of found) {
    if (named.has(seq) || (event.hash === expected.get(seq) && hashOf(bodyOf(event)) === event.hash)) continue;
    const before = listed[place - 2]?.event;
    const follows = event.previous === (before?.hash ?? EMPTY_LOG.hash);
    const disturbed = event.seq !== seq || seqOf.get(place - 1) !== seq - 1 || before?.hash !== expected.get(seq - 1);
    if (!(isSound(event) && follows && disturbed)) faults.push({ fault: 'edited', seq, place });
  }
  return faults;
}

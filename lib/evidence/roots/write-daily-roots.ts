import { verifyTimestampToken } from '../../pki/verify-timestamp-token.ts';
import { type EpochMs, type LocalDate, localDate } from '../../platform/clock.ts';
import { CommitConflict } from '../../platform/commit-conflict.ts';
import { isProblem } from '../../platform/errors.ts';
import type { Sha256Hex } from '../../platform/hash.ts';
import type { Log } from '../../platform/log.ts';
import { type LoggedEvent, leafLines, rootFile, rootOfDay } from './daily-root.ts';
import type { LoggedEvents, RootObjects, RootRecord, Roots, StampDigest } from './roots.ts';

export interface RootDeps {
  readonly logged: LoggedEvents;
  readonly roots: Roots;
  readonly objects: RootObjects;
  readonly stamp: StampDigest;
  readonly log: Log;
}

export interface RootReport {
  readonly written: number;
  readonly stamped: number;
  /** Roots that no authority has timestamped yet, and since when the oldest waits. */
  readonly waiting: number;
  readonly waitingSince: EpochMs | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A day is closed an hour after its end: what was begun in it has then long been written or given up (15 minutes at most). */
const CLOSED_AFTER_MS = HOUR_MS;

/** Days that one run makes up for, and how far back the very first run looks for events. */
const MOST_DAYS = 31;

/**
 * Writes the root of every day that is closed and has none, oldest first, each naming the one before; then has timestamped
 * what is not yet. Whatever a run that was cut off has left is taken up: a day's files are written once, in order, and count from
 * the moment they stand in the table.
 * @throws Error when what lies under a day's keys is not what belongs there
 */
export async function writeDailyRoots(deps: RootDeps, at: EpochMs): Promise<RootReport> {
  const lastClosed = dayBefore(localDate(at - CLOSED_AFTER_MS));
  let previous = await deps.roots.last();
  let day = previous ? dayAfter(previous.root.day) : await firstDay(deps, lastClosed);
  let written = 0;
  for (; day <= lastClosed && written < MOST_DAYS; day = dayAfter(day)) {
    previous = await writeRoot(deps, day, previous?.sha256 ?? null, at);
    written++;
  }
  return { written, ...(await stampRoots(deps)) };
}

/** Days as strings compare as days do. */
const noon = (day: LocalDate): EpochMs => Date.parse(`${day}T12:00:00+07:00`);
const dayAfter = (day: LocalDate): LocalDate => localDate(noon(day) + DAY_MS);
const dayBefore = (day: LocalDate): LocalDate => localDate(noon(day) - DAY_MS);

async function firstDay({ logged }: RootDeps, lastClosed: LocalDate): Promise<LocalDate> {
  for (let back = MOST_DAYS - 1; back > 0; back--) {
    const day = localDate(noon(lastClosed) - back * DAY_MS);
    if (await logged.hasAny(day)) return day;
  }
  return lastClosed;
}

/** A day without events has a root as well: that nothing was logged is then known. */
async function writeRoot(
  { logged, roots, objects, log }: RootDeps,
  day: LocalDate,
  previous: Sha256Hex | null,
  at: EpochMs,
): Promise<RootRecord> {
  const { adopted: leavesAdopted, ...leaves } = await objects.keep(
    day,
    'leaves.jsonl',
    await leavesOf(logged.ofDay(day)),
  );
  // Those that an earlier run has put under lock are the day's leaves.
  const lines = linesIn(await objects.read(leaves));
  const root = rootOfDay(day, lines, previous);
  const { bytes, sha256 } = rootFile(root);
  const { adopted, ...file } = await objects.keep(day, 'root.json', bytes);
  if (file.sha256 !== sha256) throw new Error(`another root of ${day} is under lock already`);
  const record: RootRecord = { root, sha256, madeAt: at, leaves, file };
  try {
    await roots.commit([roots.putWrite(record, undefined)]);
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    const other = await roots.ofDay(day);
    if (other?.sha256 !== sha256) throw error;
    return other;
  }
  log.event('root.written', { day, leaves: root.size, adopted: adopted || leavesAdopted });
  return record;
}

async function leavesOf(events: AsyncIterable<LoggedEvent>): Promise<Uint8Array> {
  const all: LoggedEvent[] = [];
  for await (const event of events) all.push(event);
  return Buffer.from(
    leafLines(all)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** The lines of a file of leaves. */
export function linesIn(leaves: Uint8Array): string[] {
  return Buffer.from(leaves).toString('utf8').split('\n').slice(0, -1);
}

async function stampRoots(deps: RootDeps): Promise<Omit<RootReport, 'written'>> {
  let stamped = 0;
  const waiting: RootRecord[] = [];
  const found: RootRecord[] = [];
  for await (const record of deps.roots.unstamped()) {
    if (found.push(record) === MOST_DAYS) break;
  }
  for (const record of found) {
    if (await stampRoot(deps, record)) stamped++;
    else waiting.push(record);
  }
  return { stamped, waiting: waiting.length, waitingSince: waiting[0]?.madeAt };
}

/** @returns false when no authority gives a timestamp now */
async function stampRoot({ roots, objects, stamp, log }: RootDeps, record: RootRecord): Promise<boolean> {
  const { day } = record.root;
  try {
    const { adopted, ...token } = await objects.keep(day, 'timestamp.tst', await stamp(record.sha256));
    if (adopted && !isOver(await objects.read(token), record.sha256)) {
      throw new Error(`the timestamp of ${day} under lock is not one of its root`);
    }
    await roots.commit([roots.putWrite({ ...record, token }, record)]);
    log.event('root.stamped', { day });
    return true;
  } catch (error) {
    // Another run was first.
    if (error instanceof CommitConflict) return true;
    if (!isProblem(error, 'timestamp_unavailable', 'timestamp_invalid')) throw error;
    log.event('root.waits', { day, code: error.code });
    return false;
  }
}

function isOver(token: Uint8Array, sha256: Sha256Hex): boolean {
  const digest = Buffer.from(sha256, 'hex');
  return (
    verifyTimestampToken(token, { digest: (hash) => (hash === 'sha256' ? digest : undefined) }).faults.length === 0
  );
}

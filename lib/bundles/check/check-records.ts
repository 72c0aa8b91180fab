import type { CaseEvent } from '../../evidence/case-event.ts';
import { checkLog, type KnownHashes } from '../../evidence/check-log.ts';
import { eventRecord, eventsFile, PATHS } from '../bundle-format.ts';
import { type Finding, finding } from './findings.ts';
import { type OpenBundle, readJson } from './open-bundle.ts';

export interface RecordsCheck {
  readonly events: readonly CaseEvent[];
  readonly findings: readonly Finding[];
}

/** Checks the log, and names each record that is not what it was. */
export async function checkRecords({ manifest, files }: OpenBundle, known: KnownHashes): Promise<RecordsCheck> {
  const log = await readJson(files, PATHS.events, eventsFile);
  if (!log || log.case !== manifest.case.code) {
    return { events: [], findings: [finding('file_malformed', { path: PATHS.events })] };
  }
  const read = log.events.map((event) => eventRecord.strict().safeParse(event).data);
  const malformed = read.flatMap((event, index) =>
    event ? [] : [finding('record_malformed', { path: PATHS.events, place: index + 1 })],
  );
  const events = read.filter((event) => event !== undefined);
  // What cannot be read is named already, and stands where a number is missing.
  const faults = checkLog(log.case, events, log.head, known).filter(
    ({ fault }) => malformed.length === 0 || fault !== 'removed',
  );
  const named = faults.map(({ fault, seq, to, place }) => {
    const event = place === undefined ? undefined : events[place - 1]?.type;
    return finding(`record_${fault}`, {
      record: seq,
      ...(to === undefined ? {} : { toRecord: to }),
      ...(place === undefined ? {} : { place }),
      ...(event === undefined ? {} : { event }),
    });
  });
  return { events, findings: [...malformed, ...named, ...withoutRoot(events, known)] };
}

function withoutRoot(events: readonly CaseEvent[], known: KnownHashes): Finding[] {
  const open = events.map(({ seq }) => seq).filter((seq) => !known.has(seq));
  if (open.length === 0) return [];
  const [first, last] = [Math.min(...open), Math.max(...open)];
  return [finding('records_without_root', { record: first, ...(last > first ? { toRecord: last } : {}) })];
}

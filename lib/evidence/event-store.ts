import { type Entity, NOT_THERE, type Table, type Write } from '../platform/aws/table.ts';
import { type CaseEvent, caseEvent } from './case-event.ts';
import type { EventLog } from './event-log.ts';
import { LoggedEventStore } from './logged-event-store.ts';

/** `entity` of an event item: what the table stream's relay listens for. */
export const CASE_EVENT_ENTITY = 'CaseEvent';

const entity: Entity<CaseEvent> = {
  name: CASE_EVENT_ENTITY,
  schema: caseEvent,
  keys: (event) => ({ pk: `CASE#${event.caseId}`, sk: `EVENT#${String(event.seq).padStart(8, '0')}` }),
};

/** The event log of every case: appended inside the transaction that changes the case, never changed afterwards. */
export class EventStore implements EventLog {
  readonly #table: Table;
  readonly #logged: LoggedEventStore;
  constructor(table: Table) {
    this.#table = table;
    this.#logged = new LoggedEventStore(table);
  }

  /** The writes that append `events`; each fails the transaction when its place is taken. With them goes what the day's root is made of. */
  writes(events: readonly CaseEvent[]): Write[] {
    return [
      ...events.map((event) => this.#table.put(entity, event, NOT_THERE)),
      ...events.map((event) => this.#logged.write(event)),
    ];
  }

  /** The whole log of a case in order. */
  async log(caseId: string): Promise<CaseEvent[]> {
    const events: CaseEvent[] = [];
    for await (const event of this.#table.queryAll(entity, {
      pk: `CASE#${caseId}`,
      skPrefix: 'EVENT#',
      consistent: true,
    })) {
      events.push(event);
    }
    return events;
  }
}

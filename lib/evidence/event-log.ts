import type { Write } from '../platform/aws/table.ts';
import type { CaseEvent } from './case-event.ts';

/** What other capabilities may do with the event logs: append within their own transaction, and read. */
export interface EventLog {
  writes(events: readonly CaseEvent[]): Write[];
  log(caseId: string): Promise<CaseEvent[]>;
}

import type { DocumentsInUpkeep } from '../documents/documents.ts';
import type { EventLog } from '../evidence/event-log.ts';
import type { Dispatches, IncomingDocuments } from '../exchange/exchange.ts';
import { commitPetition } from '../petitions/change-petition.ts';
import type { Petition } from '../petitions/petition.ts';
import type { Petitions } from '../petitions/petitions.ts';
import { late } from '../petitions/transitions.ts';
import type { EpochMs } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { type ResendDeps, resendPending } from './resend-pending.ts';
import { sendUpkeep } from './send-upkeep.ts';

export interface SweepDeps extends ResendDeps {
  readonly petitions: Petitions;
  readonly dispatches: Dispatches;
  readonly incoming: IncomingDocuments;
  readonly documents: DocumentsInUpkeep;
  readonly events: EventLog;
  /** Removes files that were posted and never taken in. */
  readonly uploads: { removeAbandoned(now: EpochMs): Promise<number> };
  readonly log: Log;
}

export interface SweepReport {
  readonly resent: number;
  readonly late: number;
  readonly removed: number;
  /** Documents that were sent to have their signatures raised or their timestamp renewed. */
  readonly preserved: number;
  readonly failed: number;
}

/** Looked at in one run; the rest waits for the next. */
const MOST = 500;

/**
 * Looks after what does not move by itself: work that was interrupted is sent again, deadlines that have passed are
 * established once, abandoned uploads are removed. A case that fails does not keep the others from their turn.
 */
export async function sweep(deps: SweepDeps, now: EpochMs): Promise<SweepReport> {
  const report = { resent: 0, late: 0, removed: 0, preserved: 0, failed: 0 };
  const attempt = async (run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      report.failed++;
      deps.log.failure('job.failed', error, { kind: 'sweep' });
    }
  };
  for (const petition of await firstOf(deps.petitions.toLookAt(now))) {
    await attempt(async () => {
      const present = await markLate(deps, petition, now);
      if (present !== petition) report.late++;
      report.resent += await resendPending(deps, deps.petitions, present, now);
    });
  }
  for (const dispatch of await firstOf(deps.dispatches.toLookAt(now))) {
    await attempt(async () => {
      report.resent += await resendPending(deps, deps.dispatches, dispatch, now);
    });
  }
  for (const incoming of await firstOf(deps.incoming.toLookAt(now))) {
    await attempt(async () => {
      report.resent += await resendPending(deps, deps.incoming, incoming, now);
    });
  }
  for (const document of await firstOf(deps.documents.toLookAt(now))) {
    await attempt(async () => {
      await sendUpkeep(deps, document, now);
      report.preserved++;
    });
  }
  await attempt(async () => {
    report.removed = await deps.uploads.removeAbandoned(now);
  });
  return report;
}

/** The petition as it is afterwards; the same object when it is not late, or was known to be. */
async function markLate(deps: SweepDeps, petition: Petition, now: EpochMs): Promise<Petition> {
  const change = late(petition, now);
  return change ? commitPetition(deps, petition, change, {}) : petition;
}

/** Read to the end before anything is changed: changes move cases within the very list that is read. */
async function firstOf<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of list) {
    if (found.push(item) === MOST) break;
  }
  return found;
}

import { writeDailyRoots } from '../../lib/evidence/roots/write-daily-roots.ts';
import { compose } from './compose.ts';

const deps = compose(process.env);

/** Longer than any authority should be out of reach. */
const PATIENCE_MS = 24 * 3_600_000;

/** Runs every hour, and finds something to do once a day; what could not be done is tried again by the next run. */
export async function handler(): Promise<void> {
  const at = deps.clock.now();
  const { waitingSince, ...report } = await writeDailyRoots(deps, at);
  deps.log.event('roots.done', { ...report });
  if (waitingSince !== undefined && at - waitingSince > PATIENCE_MS) {
    throw new Error(`${report.waiting} daily roots have no timestamp, one of them for more than a day`);
  }
}

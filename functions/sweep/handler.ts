import { sweep } from '../../lib/sweep/sweep.ts';
import { compose } from './compose.ts';

const deps = compose(process.env);

/** Runs on a schedule; what failed is tried again by the next run. */
export async function handler(): Promise<void> {
  const report = await sweep(deps, deps.clock.now());
  deps.log.event('sweep.done', { ...report });
  if (report.failed > 0) throw new Error(`${report.failed} cases could not be swept`);
}

import type { DemoLaptop } from '../../cli/demo/laptop.ts';
import { median } from './quantiles.ts';

const TIMES = 5;

/**
 * Median time to load each function's code (what Lambda calls `Init Duration`), in milliseconds, each in a fresh
 * environment while nothing else runs.
 */
export async function measureColdStarts(laptop: DemoLaptop, names: readonly string[]): Promise<Map<string, number>> {
  const { functions } = laptop.stack;
  const inits = new Map<string, number>();
  for (const name of names) {
    const taken: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      await functions.kill(name);
      const before = functions.coldStarts().length;
      // An event that no handler knows: loading is what is measured, whatever comes of it.
      await functions.invoke(name, { Records: [] });
      await laptop.settled();
      const started = functions
        .coldStarts()
        .slice(before)
        .filter(({ functionId }) => functionId === functions.id(name));
      taken.push(...started.slice(0, 1).map(({ initMs }) => initMs));
    }
    inits.set(name, median(taken));
  }
  return inits;
}

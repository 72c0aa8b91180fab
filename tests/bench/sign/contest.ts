// One contestant on one file, in a process of its own: `contest NAME FILE CONTAINER RUNS`. More than one run is warmed up
// before. Prints JSON.
import type { ContestantName } from './contestant.ts';
import { CONTESTANTS } from './contestants.ts';
import { peakMb } from './peak-memory.ts';

/** Warming up ends after so many runs or so much time, measuring too; three are measured in any case. */
const WARM_UPS = 200;
const MOST_MS = 4000;

const [name, file, container, runs] = process.argv.slice(2) as [ContestantName, string, string, string];
const signOnce = await CONTESTANTS[name](file, container);

async function times(most: number, least: number): Promise<number[]> {
  const ms: number[] = [];
  const began = performance.now();
  while (ms.length < most && (ms.length < least || performance.now() - began < MOST_MS)) {
    const from = performance.now();
    await signOnce();
    ms.push(performance.now() - from);
  }
  return ms;
}

if (Number(runs) > 1) await times(WARM_UPS, 1);
const ms = await times(Number(runs), Math.min(3, Number(runs)));
console.log(JSON.stringify({ ms, peakMb: peakMb(process.pid) }));

// One contestant on one file, in a process of its own: `contest.ts NAME FILE CONTAINER RUNS [WARM-UPS]`. Prints JSON.
import { CONTESTANTS, type ContestantName } from './contestants.ts';

const [name, file, container, runs, warmUps = '0'] = process.argv.slice(2) as [ContestantName, ...string[]];
const signOnce = await CONTESTANTS[name](file!, container!);
for (let left = Number(warmUps); left > 0; left--) await signOnce();
const ms: number[] = [];
for (let left = Number(runs); left > 0; left--) {
  const from = performance.now();
  await signOnce();
  ms.push(performance.now() - from);
}
console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));

// A thread that runs cases, `step` apart, and says when each begins so that the watchdog can tell a hang.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { checkCase } from './check-case.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import { loadSeeds } from './seeds.ts';
import { type CaseReport, SLOW_MS, type WorkerInput } from './thread.ts';

const COLLECT_MB = 200;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const { seed, first, end, step, progress, origin } = workerData as WorkerInput;
const state = new Int32Array(progress);
const seeds = await loadSeeds();
// Every second case begins with a file that would be passed: there a wrong “passed” can show.
const groups = [seeds.signed, seeds.signed, seeds.signed, seeds.readable, seeds.readable, seeds.all].filter(
  ({ length }) => length > 0,
);
let reports: CaseReport[] = [];

for (let number = first; number < end; number += step) {
  Atomics.store(state, 0, number);
  Atomics.store(state, 1, Date.now() - origin);
  const random = new Random(seed, number);
  const base = random.pick(random.pick(groups));
  const file = mutate(base.bytes, random, random.pick(seeds.all).bytes);
  const started = process.threadCpuUsage();
  const outcome = await checkCase(base, file);
  const used = process.threadCpuUsage(started);
  const cpuMs = (used.user + used.system) / 1000;
  const memoryMb = held();
  const kept = outcome.finding !== undefined || cpuMs > SLOW_MS ? { file } : {};
  reports.push({ number, name: base.name, outcome, cpuMs, memoryMb, ...kept });
  if (reports.length >= 200 || 'file' in kept) flush();
}
flush();
Atomics.store(state, 1, -1);

/** MB of heap and buffers of this thread; what only waits to be collected does not count once it is much. */
function held(): number {
  const inUse = () => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  if (inUse() > COLLECT_MB) collect();
  return inUse();
}

function flush(): void {
  parentPort?.postMessage(reports);
  reports = [];
}

// `npm run bench`: the figures of docs/performance.md, measured on the synthesized stack as the laptop runs it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { dispatchJob } from '../../cli/demo/dispatch-job.ts';
import { sample } from '../../cli/demo/files.ts';
import { type DemoLaptop, openLaptop } from '../../cli/demo/laptop.ts';
import { petitionJob } from '../../cli/demo/petition-job.ts';
import { Steps } from '../../cli/demo/steps.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { bundleSizes } from './bundle-sizes.ts';
import { measureColdStarts } from './cold-starts.ts';
import { costOf, type JobCost } from './cost.ts';
import type { Figures } from './figures.ts';
import { petitionLatency } from './latency.ts';
import { residentMb } from './memory.ts';
import { median } from './quantiles.ts';
import { report } from './report.ts';
import { sealedPerSecond } from './throughput.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const STAGE = 'dev';

/** Requests that the HTTP API has answered: one line of its access log each. */
let httpRequests = 0;

async function measure(scratch: string): Promise<Figures> {
  const load = loadavg()[0] ?? 0;
  const stateDir = join(scratch, 'state');
  const assemblyDir = join(scratch, 'assembly');
  step('synthesize, start, seed');
  const synth = await timed(() => synthesize(assemblyDir));
  const first = await timed(() => openLaptop({ stateDir, assemblyDir }));
  await first.value.stop();
  step('start again');
  const again = [await startedAgain(stateDir, assemblyDir), await startedAgain(stateDir, assemblyDir)];
  const log = ({ source }: { readonly source: string }) => {
    if (source === 'http') httpRequests += 1;
  };
  const last = await timed(() => openLaptop({ stateDir, assemblyDir, log }));
  const start = { synthMs: synth.ms, firstMs: first.ms, againMs: median([...again, last.ms]) };
  const laptop = last.value;
  try {
    return { ...thisMachine(), load, start, ...(await measureRunning(laptop)) };
  } finally {
    await laptop.stop();
  }
}

async function measureRunning(
  laptop: DemoLaptop,
): Promise<Omit<Figures, 'load' | 'start' | keyof ReturnType<typeof thisMachine>>> {
  const idle = await residentMb();
  step('count the calls of a petition and of a dispatch');
  const costs = { petition: await petitionCost(laptop), dispatch: await dispatchCost(laptop) };
  step('send petitions, one at a time');
  const alone = await petitionLatency(laptop, { atOnce: 1, rounds: 60 });
  step('send petitions, twenty at once');
  const crowded = await petitionLatency(laptop, { atOnce: 20, rounds: 8 });
  step('seal documents');
  const sealed = await sealedPerSecond(laptop, 40, 3);
  const afterLoad = await residentMb();
  step('start functions cold');
  const inits = await measureColdStarts(laptop, FUNCTION_NAMES);
  const sizes = await bundleSizes();
  return {
    functions: FUNCTION_NAMES.map((name) => ({ name, ...sizes[name], initMs: inits.get(name) ?? Number.NaN })),
    petition: [alone, crowded],
    sealedPerSecond: sealed,
    memoryMb: { idle, afterLoad },
    costs,
  };
}

function thisMachine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
  };
}

/** As `npm start` does when the sources have changed: in a process of its own. */
async function synthesize(out: string): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'infra/synth.ts'), STAGE, '--out', out], { cwd: ROOT });
}

async function startedAgain(stateDir: string, assemblyDir: string): Promise<number> {
  const { value, ms } = await timed(() => openLaptop({ stateDir, assemblyDir }));
  await value.stop();
  return ms;
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const from = performance.now();
  const value = await run();
  return { value, ms: performance.now() - from };
}

const quiet = () => new Steps(() => {});

/** Calls of one whole job on warm functions, from the upload to the download. */
async function counted(laptop: DemoLaptop, job: () => Promise<unknown>): Promise<JobCost> {
  const { functions, calls } = laptop.stack;
  const counters = () => ({
    httpRequests,
    invocations: functions.invocations(),
    batches: FUNCTION_NAMES.filter((name) => name.endsWith('-worker')).reduce(
      (sum, name) => sum + functions.invocations(name),
      0,
    ),
  });
  await job();
  await laptop.settled();
  calls.reset();
  const before = counters();
  await job();
  await laptop.settled();
  const after = counters();
  return costOf({
    calls: calls.all().filter(({ functionId }) => functionId !== undefined),
    httpRequests: after.httpRequests - before.httpRequests,
    invocations: after.invocations - before.invocations,
    batches: after.batches - before.batches,
  });
}

async function petitionCost(laptop: DemoLaptop): Promise<JobCost> {
  const files = { petition: await sample('petition'), answer: await sample('answer') };
  return counted(laptop, () => petitionJob(laptop, files, quiet()));
}

async function dispatchCost(laptop: DemoLaptop): Promise<JobCost> {
  const file = await sample('dispatch');
  return counted(laptop, () => dispatchJob(laptop, file, quiet()));
}

function step(name: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${name}`);
}

const scratch = await mkdtemp(join(tmpdir(), 'ba-khong-bench-'));
try {
  const text = report(await measure(scratch));
  console.log(text);
  await writeFile(join(ROOT, 'docs/performance.md'), text);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

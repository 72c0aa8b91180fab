// `npm run bench`: the figures of docs/performance.md, measured on the synthesized stack as the laptop runs it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { dispatchJob } from '../../cli/demo/dispatch-job.ts';
import { sample } from '../../cli/demo/files.ts';
import { type DemoLaptop, type OpenOptions, openLaptop } from '../../cli/demo/laptop.ts';
import { HOANG_GIANG } from '../../cli/demo/people.ts';
import { petitionJob } from '../../cli/demo/petition-job.ts';
import { Steps } from '../../cli/demo/steps.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { measureColdStarts } from './cold-starts.ts';
import { costOf, type JobCost } from './cost.ts';
import type { Figures, Latency } from './figures.ts';
import { median, quantile } from './quantiles.ts';
import { report } from './report.ts';
import { sealedPerSecond } from './throughput.ts';

const SINGLE = 60;
const AT_ONCE = 20;
const ROUNDS = 8;

/** Requests that the HTTP API has answered: one line of its access log each. */
let httpRequests = 0;

const log: NonNullable<OpenOptions['log']> = ({ source }) => {
  if (source === 'http') httpRequests += 1;
};

async function measure(): Promise<Figures> {
  const { sizes } = await bundleFunctions();
  const first = await timed(() => openLaptop({ stateDir }));
  await first.value.stop();
  const again = await timed(() => openLaptop({ stateDir, log }));
  const laptop = again.value;
  try {
    const idle = memory();
    const costs = { petition: await petitionCost(laptop), dispatch: await dispatchCost(laptop) };
    const petition = [await latency(laptop, 1, SINGLE), await latency(laptop, AT_ONCE, ROUNDS)];
    const sealed = await sealedPerSecond(laptop, 40);
    const afterLoad = memory();
    const inits = await measureColdStarts(laptop, FUNCTION_NAMES);
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      node: process.version,
      functions: FUNCTION_NAMES.map((name) => ({ name, bytes: sizes[name], initMs: inits.get(name) ?? Number.NaN })),
      petition,
      sealedPerSecond: sealed,
      start: { firstMs: first.ms, againMs: again.ms },
      memoryMb: { idle, afterLoad },
      costs,
    };
  } finally {
    await laptop.stop();
  }
}

async function timed<T>(run: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const from = performance.now();
  const value = await run();
  return { value, ms: performance.now() - from };
}

/** Resident memory of the process that holds the whole stack, functions included, in megabytes. */
function memory(): number {
  return Math.round(process.memoryUsage().rss / 1e6);
}

const quiet = () => new Steps(() => {});

/** Calls of one whole job on warm functions, from the upload to the download. */
async function counted(laptop: DemoLaptop, job: () => Promise<unknown>): Promise<JobCost> {
  await job();
  await laptop.settled();
  laptop.stack.calls.reset();
  const before = { invocations: laptop.stack.functions.invocations(), httpRequests };
  await job();
  await laptop.settled();
  const calls = laptop.stack.calls.all().filter(({ functionId }) => functionId !== undefined);
  return costOf({
    calls,
    httpRequests: httpRequests - before.httpRequests,
    invocations: laptop.stack.functions.invocations() - before.invocations,
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

/** Time until the service has taken a petition (its answer, not what follows), `concurrency` at once. */
async function latency(laptop: DemoLaptop, concurrency: number, rounds: number): Promise<Latency> {
  const citizen = await laptop.as('citizenBinh');
  const taken: number[] = [];
  const send = async () => {
    const { ms } = await timed(() =>
      citizen.post('/api/petitions', {
        kind: 'feedback',
        unit: HOANG_GIANG,
        subject: 'Đo thời gian',
        text: 'Đo thời gian tiếp nhận.',
        attachments: [],
      }),
    );
    taken.push(ms);
  };
  const round = () => Promise.all(Array.from({ length: concurrency }, send));
  await round();
  await laptop.settled();
  taken.length = 0;
  for (let n = 0; n < rounds; n++) {
    await round();
    await laptop.settled();
  }
  return { concurrency, requests: taken.length, medianMs: median(taken), p95Ms: quantile(taken, 0.95) };
}

const stateDir = await mkdtemp(join(tmpdir(), 'ba-khong-bench-'));
try {
  const figures = await measure();
  const text = report(figures);
  console.log(text);
  await writeFile(resolve(import.meta.dirname, '../../docs/performance.md'), text);
} finally {
  await rm(stateDir, { recursive: true, force: true });
}

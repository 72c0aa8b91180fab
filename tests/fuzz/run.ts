/**
 * `npm run fuzz`: mutated files before everything that reads what a stranger sends. No exception but a ProblemError, no
 * case over a second, no thread over its memory, never "passed" for what was changed, never a signed file that does not
 * begin with the original.
 *
 *   --runs N     how many cases (default 10 000)       --seed N    repeats a run (default: from the clock)
 *   --case K     one case of that seed                 --record    writes the counts into docs/conformance.md
 *
 * Inputs that found something are kept in out/fuzz/. Keys and so signature values are new in each run; all else repeats.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { table, today, writeSection } from '../conformance/conformance-doc.ts';
import { type CaseReport, SLOW_MS, type WorkerInput } from './thread.ts';

const OUT = resolve(import.meta.dirname, '../../out/fuzz');
/** Wall-clock time after which a thread is taken to hang; a busy machine may do that, so the case gets a second thread. */
const HANG_MS = 30_000;
/** The heap that a thread may ever need: beyond it, it dies. */
const HEAP_MB = 512;
/** Heap and buffers that a thread may hold after a case; the seeds themselves are some 30 MB. */
const MEMORY_MB = 256;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    case: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const only = values.case === undefined ? undefined : Number(values.case);
const first = only ?? 0;
const end = only === undefined ? Number(values.runs) : only + 1;
const threads = only === undefined ? availableParallelism() : 1;

interface Totals {
  cases: number;
  slowestMs: number;
  mostMb: number;
  readonly verdicts: Map<string, number>;
  readonly signing: Map<string, number>;
  readonly findings: string[];
}

const totals: Totals = { cases: 0, slowestMs: 0, mostMb: 0, verdicts: new Map(), signing: new Map(), findings: [] };

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function found(number: number, name: string, what: string, file?: Uint8Array): void {
  totals.findings.push(`case ${number} (${name}): ${what}`);
  console.log(`case ${number} (${name}): ${what}`);
  if (!file) return;
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, `${seed}-${number}.pdf`), file);
}

function take(report: CaseReport): void {
  const { number, name, outcome, cpuMs, memoryMb, file } = report;
  totals.cases += 1;
  totals.slowestMs = Math.max(totals.slowestMs, cpuMs);
  totals.mostMb = Math.max(totals.mostMb, memoryMb);
  count(totals.verdicts, outcome.verdict);
  count(totals.signing, outcome.signing);
  if (outcome.finding !== undefined) found(number, name, outcome.finding, file);
  if (cpuMs > SLOW_MS) found(number, name, `took ${Math.round(cpuMs)} ms of processor time`, file);
  if (memoryMb > MEMORY_MB) found(number, name, `left ${Math.round(memoryMb)} MB in the thread`, file);
  if (totals.cases % 5000 === 0) console.log(`${totals.cases} cases, ${totals.findings.length} findings`);
}

/** Runs every `threads`-th case from `from`; a thread that dies is a finding, as is one that hangs twice over a case. */
async function runThread(from: number): Promise<void> {
  let suspect: number | undefined;
  for (let next = from; next < end; ) {
    const death = await runUntilDeath(next);
    if (!death) return;
    const again = death.hangs && death.number !== suspect;
    suspect = death.number;
    if (!again) found(death.number, 'input not at hand; --case makes it again', death.fault);
    next = again ? death.number : death.number + threads;
  }
}

interface Death {
  readonly number: number;
  readonly hangs: boolean;
  readonly fault: string;
}

/** undefined when the thread came to its end. */
function runUntilDeath(from: number): Promise<Death | undefined> {
  const progress = new SharedArrayBuffer(8);
  const state = new Int32Array(progress);
  state[0] = from;
  const origin = Date.now();
  const workerData: WorkerInput = { seed, first: from, end, step: threads, progress, origin };
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return new Promise((settle) => {
    const finish = (hangs: boolean, fault: string) => {
      clearInterval(watchdog);
      worker.removeAllListeners('exit');
      const number = Atomics.load(state, 0);
      void worker.terminate().then(() => settle({ number, hangs, fault }));
    };
    const watchdog = setInterval(() => {
      const began = Atomics.load(state, 1);
      if (began > 0 && Date.now() - origin - began > HANG_MS) finish(true, `hangs for ${HANG_MS / 1000} s`);
    }, 250);
    worker.on('message', (reports: CaseReport[]) => reports.forEach(take));
    worker.on('error', (error) => finish(false, `the thread died: ${error.message}`));
    worker.on('exit', () => {
      clearInterval(watchdog);
      settle(undefined);
    });
  });
}

function record(minutes: number): void {
  const sorted = (map: Map<string, number>) =>
    [...map].sort(([, a], [, b]) => b - a).map(([key, times]) => [key, times.toLocaleString('en')]);
  const text = [
    '## Fuzzing the reader',
    '',
    `\`npm run fuzz -- --seed ${seed} --runs ${end} --record\` · ${today()} · ${minutes.toFixed(0)} minutes on ${threads} threads`,
    '',
    'Files of our own in every form (unsigned, signed once and twice, certified, with everything up to B-LTA) and the corpus up to 200 kB, changed in one to four places: bits and bytes, chunks cut, repeated and spliced from other files,',
    'numbers, names, references, cross-reference rows, /Prev, /W, /ByteRange, stream lengths and filters, the inside of compressed streams and of the CMS, truncation, appended revisions that redefine an object.',
    'Each is verified, inspected as at intake, read for its text and signed. A fault is: any exception but a ProblemError; a case over a second of processor time; a thread over its memory; “passed” for a file in which',
    'a signed byte differs or anything but white space follows; a signed file that does not begin with the original’s bytes, whose new signature is not passed, or in which an earlier signature fares worse.',
    'Two things are let pass, both seen in earlier runs: validation data (DSS) that no timestamp covers may hold anything, for they are not signed; and where a file refers to objects that nobody wrote, our new objects can take',
    'their numbers, whereupon the verdict on an earlier signature says `object_prepared`. The second is counted below.',
    '',
    table(
      ['', ''],
      [
        ['cases', totals.cases.toLocaleString('en')],
        ['findings', String(totals.findings.length)],
        ['slowest case, processor time', `${Math.round(totals.slowestMs)} ms (bound ${SLOW_MS} ms)`],
        [
          'most memory that a thread held after a case, seeds included',
          `${Math.round(totals.mostMb)} MB (bound ${MEMORY_MB} MB; heap at any time: ${HEAP_MB} MB)`,
        ],
      ],
    ),
    '',
    table(['verdict', 'cases'], sorted(totals.verdicts)),
    '',
    table(['signing', 'cases'], sorted(totals.signing)),
    '',
    ...totals.findings.map((finding) => `- ${finding.split('\n')[0]}`),
  ];
  writeSection('fuzzing', text.join('\n'));
}

console.log(`seed ${seed}, cases ${first} to ${end - 1}, ${threads} threads`);
const began = Date.now();
await Promise.all(Array.from({ length: threads }, (_, index) => runThread(first + index)));
console.log(
  `${totals.cases} cases with seed ${seed} in ${Math.round((Date.now() - began) / 1000)} s: ${totals.findings.length} findings; slowest ${Math.round(totals.slowestMs)} ms, most ${Math.round(totals.mostMb)} MB`,
);
console.log(
  JSON.stringify({ verdicts: Object.fromEntries(totals.verdicts), signing: Object.fromEntries(totals.signing) }),
);
if (values.record) record((Date.now() - began) / 60_000);
process.exitCode = totals.findings.length === 0 ? 0 : 1;

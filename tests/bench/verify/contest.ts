// One verifier on the files of a set, in a process of its own: `contest NAME SET.json RUNS`. More than one run is warmed up
// before. Prints JSON: milliseconds that each run over all files took, and the most memory.
import { readFileSync } from 'node:fs';
import { peakMb } from '../sign/peak-memory.ts';
import type { JudgedFile } from './judged-files.ts';
import { VERIFIERS, type VerifierName } from './verifier.ts';

/** Warming up ends after so many runs or so much time, measuring too; three are measured in any case. */
const WARM_UPS = 200;
const MOST_MS = 4000;

const [name, set, runs] = process.argv.slice(2) as [VerifierName, string, string];
const files = JSON.parse(readFileSync(set, 'utf8')) as JudgedFile[];
const verifiers = files.map((file) => VERIFIERS[name](file));

async function times(most: number, least: number): Promise<number[]> {
  const ms: number[] = [];
  const began = performance.now();
  while (ms.length < most && (ms.length < least || performance.now() - began < MOST_MS)) {
    const from = performance.now();
    for (const verifyOnce of verifiers) await verifyOnce();
    ms.push(performance.now() - from);
  }
  return ms;
}

if (Number(runs) > 1) await times(WARM_UPS, 1);
const ms = await times(Number(runs), Math.min(3, Number(runs)));
console.log(JSON.stringify({ ms, peakMb: peakMb(process.pid) }));

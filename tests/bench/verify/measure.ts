import { writeFileSync } from 'node:fs';
import { isError, type LineJudge } from '../../conformance/line-judge.ts';
import { median } from '../quantiles.ts';
import { type Measured, runContest } from '../sign/measure.ts';
import { peakMb } from '../sign/peak-memory.ts';
import type { JudgedFile, JudgedSet } from './judged-files.ts';
import type { VerifierName } from './verifier.ts';

const TIMEOUT_MS = 120_000;

/** How often a set is judged by a tool behind a pipe: to warm it up, and for the median. */
function runsFor({ bytes, files }: JudgedSet): { runs: number; warmUps: number } {
  if (files.length > 1) return { runs: 3, warmUps: 2 };
  if (bytes > 50_000_000) return { runs: 7, warmUps: 3 };
  return bytes > 5_000_000 ? { runs: 21, warmUps: 10 } : { runs: 51, warmUps: 50 };
}

/** @param script the bundled contest */
export function measureOwn(script: string, name: VerifierName, set: JudgedSet, folder: string): Measured {
  const list = `${folder}/set.json`;
  writeFileSync(list, JSON.stringify(set.files));
  const warm = runContest([script, name, list, '101']);
  if ('failed' in warm) return warm;
  const once = runContest([script, name, list, '1']);
  return { ms: median(warm.ms), peakMb: 'failed' in once ? undefined : once.peakMb };
}

/** The same of a tool behind a pipe: warm over many, then a new process for one. */
export async function measureTool(judge: LineJudge, set: JudgedSet): Promise<Measured> {
  const { runs, warmUps } = runsFor(set);
  const [file] = set.files;
  if (!file) return { failed: 'no files' };
  const measured =
    set.files.length > 1
      ? await measureMany(judge, set.files, runs, warmUps)
      : await measureOne(judge, file, runs, warmUps);
  judge.stop();
  return measured;
}

/** The tool itself tells how long each validation took. */
async function measureOne(judge: LineJudge, file: JudgedFile, runs: number, warmUps: number): Promise<Measured> {
  const ask = async (times: number) => {
    await prepare(judge, file);
    return judge.ask<{ ms: number[] }>(['validate', file.path, String(times)], TIMEOUT_MS);
  };
  const warm = await ask(warmUps + runs);
  judge.stop();
  if (isError(warm)) return { failed: warm.error.slice(0, 80) };
  const once = await ask(1);
  return { ms: median(warm.ms.slice(warmUps)), peakMb: isError(once) ? undefined : peakMb(judge.pid) };
}

async function prepare(judge: LineJudge, { anchors, lists, at }: JudgedFile): Promise<void> {
  const settings = [['at', String(at)], ['trust', anchors], ...lists.map((path) => ['crl', path])];
  for (const setting of settings) await judge.ask(setting);
}

/** Each file has trust and time of its own; the pipe costs a fraction of a millisecond a file. Files that it refuses count as judged. */
async function measureMany(
  judge: LineJudge,
  files: readonly JudgedFile[],
  runs: number,
  warmUps: number,
): Promise<Measured> {
  const ms: number[] = [];
  for (let run = 0; run < warmUps + runs; run++) {
    const from = performance.now();
    for (const { path, at, anchors } of files) await judge.ask(['assess', path, String(at), anchors], TIMEOUT_MS);
    if (run >= warmUps) ms.push(performance.now() - from);
  }
  return { ms: median(ms), peakMb: peakMb(judge.pid) };
}

import { spawnSync } from 'node:child_process';
import { isError, type LineJudge } from '../../conformance/line-judge.ts';
import { median } from '../quantiles.ts';
import type { BenchFile } from './bench-files.ts';
import type { ContestantName } from './contestant.ts';
import { PASSWORD } from './password.ts';
import { peakMb } from './peak-memory.ts';

/** Median ms a signature in a warm process, and the most memory of a process that makes one; or why there is none. */
export type Measured = { readonly ms: number; readonly peakMb: number | undefined } | { readonly failed: string };

const TIMEOUT_MS = 120_000;

/** How often a file of this size is signed: enough for a median, not for boredom. The warm-ups are those of the tools behind pipes. */
function runsFor({ bytes }: BenchFile): { runs: number; warmUps: number } {
  if (bytes > 500_000_000) return { runs: 1, warmUps: 0 };
  if (bytes > 50_000_000) return { runs: 5, warmUps: 1 };
  return bytes > 5_000_000 ? { runs: 21, warmUps: 5 } : { runs: 101, warmUps: 10 };
}

/** @param script the bundled contest: what runs in a function is a bundle, too, without Node's reading of TypeScript */
export function measureNode(script: string, name: ContestantName, file: BenchFile, container: string): Measured {
  const { runs } = runsFor(file);
  const contest = (times: number) => runContest([script, name, file.path, container, String(times)]);
  const warm = contest(runs);
  if ('failed' in warm) return warm;
  const once = runs === 1 ? warm : contest(1);
  return { ms: median(warm.ms), peakMb: 'failed' in once ? undefined : once.peakMb };
}

/** A contest in a process of its own. @param args the script and what it is called with */
export function runContest(args: readonly string[]): { ms: number[]; peakMb?: number } | { failed: string } {
  const options = { encoding: 'utf8', timeout: TIMEOUT_MS } as const;
  const { stdout, stderr, status, error } = spawnSync(
    process.execPath,
    ['--max-old-space-size=8192', ...args],
    options,
  );
  if (error) return { failed: error.message.includes('ETIMEDOUT') ? 'over 2 min' : error.message };
  if (status === 0) return JSON.parse(stdout) as { ms: number[]; peakMb?: number };
  return { failed: /^\s*(?:\w*Error.*|FATAL.*)$/m.exec(stderr)?.[0].trim().slice(0, 80) ?? `exit ${status}` };
}

/** The same of a tool behind a pipe: warm over many, then a new process for one. */
export async function measureTool(judge: LineJudge, file: BenchFile, container: string): Promise<Measured> {
  const { runs: most, warmUps } = runsFor(file);
  const runs = Math.min(most, 21);
  const request = (times: number) => ['sign', file.path, container, PASSWORD, String(times)];
  const warm = await judge.ask<{ ms: number[] }>(request(warmUps + runs), TIMEOUT_MS);
  const oncePeak = peakMb(judge.pid);
  judge.stop();
  if (isError(warm)) return { failed: warm.error.slice(0, 80) };
  if (runs === 1) return { ms: median(warm.ms), peakMb: oncePeak };
  const once = await judge.ask<{ ms: number[] }>(request(1), TIMEOUT_MS);
  const peak = isError(once) ? undefined : peakMb(judge.pid);
  judge.stop();
  return { ms: median(warm.ms.slice(warmUps)), peakMb: peak };
}

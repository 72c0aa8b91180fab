/**
 * `npm run bench:verify`: our verdicts beside pyHanko's and EU DSS's and the limit, side by side in one run, and what hostile
 * files cost, into docs/performance-verify.md. `--quick`: up to 10 MB, none of the hostile, nothing is written. pyHanko and EU DSS come from the conformance
 * environment, where Python and Java are.
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { dssTool, OUT, pythonTool, type Tool } from '../../conformance/tools.ts';
import type { Measured } from '../sign/measure.ts';
import { hostileCosts } from './hostile-cost.ts';
import { type JudgedSet, judgedSets } from './judged-files.ts';
import { measureOwn, measureTool } from './measure.ts';
import { VERIFIERS, type VerifierName } from './verifier.ts';
import { type Row, verifyReport } from './verify-report.ts';

const quick = process.argv.includes('--quick');
const DOC = resolve(import.meta.dirname, '../../../docs/performance-verify.md');

interface Rival {
  readonly name: string;
  measure(set: JudgedSet): Measured | Promise<Measured>;
}

function toolRival(name: string, tool: Tool): Rival {
  if ('absent' in tool) return { name, measure: () => ({ failed: `absent: ${tool.absent}` }) };
  return { name: `${name} (${tool.version})`, measure: (set) => measureTool(tool.judge, set) };
}

/** Set by set, so that those who are compared with each other run one after the other. */
async function measureAll(rivals: readonly Rival[]): Promise<Row[]> {
  const rows = rivals.map(({ name }) => ({ name, cells: [] as Measured[] }));
  for (const set of sets) {
    // Nobody is the one who finds it not yet in the system's cache.
    for (const { path } of set.files) for await (const _ of createReadStream(path));
    for (const [index, { name, measure }] of rivals.entries()) {
      const cell = await measure(set);
      rows[index]?.cells.push(cell);
      const said = 'ms' in cell ? `${cell.ms.toFixed(2)} ms, ${cell.peakMb?.toFixed(0)} MB` : cell.failed;
      console.log(`${set.title} · ${name}: ${said}`);
    }
  }
  return rows;
}

const folder = join(OUT, 'bench-verify');
const sets = await judgedSets(folder, quick);
const script = join(folder, 'contest.mjs');
buildSync({
  entryPoints: [join(import.meta.dirname, 'contest.ts')],
  outfile: script,
  bundle: true,
  platform: 'node',
  format: 'esm',
});
const rows = await measureAll([
  ...(Object.keys(VERIFIERS) as VerifierName[]).map((name) => ({
    name,
    measure: (set: JudgedSet) => measureOwn(script, name, set, folder),
  })),
  toolRival('pyHanko', pythonTool()),
  toolRival('EU DSS', dssTool()),
]);

const hostile = quick ? [] : await hostileCosts(script, folder);

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const text = verifyReport({ date: new Date().toISOString().slice(0, 10), machine, sets, rows, hostile });
console.log(text);
if (!quick) writeFileSync(DOC, text);

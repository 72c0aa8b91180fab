/**
 * `npm run bench:sign`: ours beside other signers and the limit, side by side in one run, into docs/performance-signing.md.
 * `--quick`: up to 10 MB, nothing is written. The other libraries are installed under tests/bench/sign/peers; pyHanko and
 * EU DSS come from the conformance environment, where Python and Java are.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { dssTool, OUT, pythonTool, type Tool } from '../../conformance/tools.ts';
import { type BenchFile, benchFiles } from './bench-files.ts';
import { type ContestantName, NAMES } from './contestant.ts';
import { type Measured, measureNode, measureTool } from './measure.ts';
import { replacePart } from './performance-doc.ts';
import { writeContainer } from './signing-container.ts';
import { type Row, signingReport } from './signing-report.ts';

const PEERS = join(import.meta.dirname, 'peers');
const quick = process.argv.includes('--quick');

function installPeers(): string | undefined {
  if (existsSync(join(PEERS, 'node_modules/@libpdf/core'))) return undefined;
  const args = ['install', '--prefix', PEERS, '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  return spawnSync('npm', args, { stdio: 'ignore' }).status === 0 ? undefined : 'not installed (npm could not)';
}

interface Rival {
  readonly name: string;
  measure(file: BenchFile): Measured | Promise<Measured>;
}

function libraryRival(name: ContestantName, missing: string | undefined): Rival {
  const own = name.startsWith('ours') || name.startsWith('limit');
  return {
    name,
    measure: (file) => (missing && !own ? { failed: missing } : measureNode(script, name, file, container)),
  };
}

function toolRival(name: string, tool: Tool): Rival {
  if ('absent' in tool) return { name, measure: () => ({ failed: `absent: ${tool.absent}` }) };
  return { name: `${name} (${tool.version})`, measure: (file) => measureTool(tool.judge, file, container) };
}

/** File by file, so that those who are compared with each other run one after the other. */
async function measureAll(rivals: readonly Rival[]): Promise<Row[]> {
  const rows = rivals.map(({ name }) => ({ name, cells: [] as Measured[] }));
  for (const file of files) {
    for await (const _ of createReadStream(file.path)); // nobody is the one who finds it not yet in the system's cache
    for (const [index, { name, measure }] of rivals.entries()) {
      const cell = await measure(file);
      rows[index]?.cells.push(cell);
      const said = 'ms' in cell ? `${cell.ms.toFixed(2)} ms, ${cell.peakMb?.toFixed(0)} MB` : cell.failed;
      console.log(`${file.title} · ${name}: ${said}`);
    }
  }
  return rows;
}

const folder = join(OUT, 'bench-sign');
const files = benchFiles(folder, quick);
const container = join(folder, 'signer.p12');
writeContainer(container);
const script = join(folder, 'contest.mjs');
buildSync({
  entryPoints: [join(import.meta.dirname, 'contest.ts')],
  outfile: script,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['node-forge'],
});
const missing = installPeers();
const rows = await measureAll([
  ...NAMES.map((name) => libraryRival(name, missing)),
  toolRival('pyHanko', pythonTool()),
  toolRival('EU DSS', dssTool()),
]);

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const text = signingReport({ date: new Date().toISOString().slice(0, 10), machine, files, rows });
console.log(text);
if (!quick) replacePart('signers', text);

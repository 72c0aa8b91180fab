/**
 * `npm run bench:sign`: ours beside other signers and the limit, side by side in one run, into docs/performance-signing.md.
 * `--quick`: up to 10 MB, nothing is written. The other libraries are installed under tests/bench/sign/peers; pyHanko and
 * EU DSS come from the conformance environment, where Python and Java are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { dssTool, OUT, pythonTool, type Tool } from '../../conformance/tools.ts';
import { type BenchFile, benchFiles } from './bench-files.ts';
import { type ContestantName, NAMES } from './contestant.ts';
import { type Measured, measureNode, measureTool } from './measure.ts';
import { writeContainer } from './signing-container.ts';
import { type Row, signingReport } from './signing-report.ts';

const PEERS = join(import.meta.dirname, 'peers');
const quick = process.argv.includes('--quick');

function installPeers(): string | undefined {
  if (existsSync(join(PEERS, 'node_modules/@libpdf/core'))) return undefined;
  const args = ['install', '--prefix', PEERS, '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  return spawnSync('npm', args, { stdio: 'ignore' }).status === 0 ? undefined : 'not installed (npm could not)';
}

function measureRow(name: ContestantName, files: readonly BenchFile[], container: string, missing?: string): Row {
  const cells = files.map((file): Measured => {
    if (missing) return { failed: missing };
    const cell = measureNode(script, name, file, container);
    console.log(
      `${name} · ${file.title}: ${'ms' in cell ? `${cell.ms.toFixed(2)} ms, ${cell.peakMb?.toFixed(0)} MB` : cell.failed}`,
    );
    return cell;
  });
  return { name, cells };
}

async function toolRow(name: string, tool: Tool, files: readonly BenchFile[], container: string): Promise<Row> {
  const cells: Measured[] = [];
  for (const file of files) {
    const cell =
      'judge' in tool ? await measureTool(tool.judge, file, container) : { failed: `absent: ${tool.absent}` };
    console.log(
      `${name} · ${file.title}: ${'ms' in cell ? `${cell.ms.toFixed(2)} ms, ${cell.peakMb?.toFixed(0)} MB` : cell.failed}`,
    );
    cells.push(cell);
  }
  return { name: 'version' in tool ? `${name} (${tool.version})` : name, cells };
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
const rows: Row[] = [];
for (const name of NAMES) {
  const isPeer = !name.startsWith('ours') && !name.startsWith('limit');
  rows.push(measureRow(name, files, container, isPeer ? missing : undefined));
}
rows.push(await toolRow('pyHanko', pythonTool(), files, container));
rows.push(await toolRow('EU DSS', dssTool(), files, container));

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const text = signingReport({ date: new Date().toISOString().slice(0, 10), machine, files, rows });
console.log(text);
if (!quick) writeFileSync(resolve(import.meta.dirname, '../../../docs/performance-signing.md'), text);

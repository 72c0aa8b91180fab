/**
 * `npm run bench:large [-- bytes]`: a dispatch of 1 GB on the synthesized stack, from the upload to its receiver, with the function that
 * signs held to 256 MB; into docs/performance-signing.md. Each worker that meets the file runs in a process of its own. Linux only: memory
 * is what /proc says. It takes some 7 GB of the temporary folder, and gives them back.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyOf } from '../../../cli/demo/assembly.ts';
import { openLaptop } from '../../../cli/demo/laptop.ts';
import { writeDataPdf } from '../sign/bench-files.ts';
import { replacePart } from '../sign/performance-doc.ts';
import { checkSealed } from './check-sealed.ts';
import { type FunctionStep, largeDispatch } from './large-dispatch.ts';
import { largeReport } from './large-report.ts';
import { workersInProcesses } from './workers-in-processes.ts';

const SIGNING_MB = 256;

if (process.platform !== 'linux') throw new Error('Memory is measured by /proc, which this system does not have.');
const bytes = Number(process.argv[2] ?? 1e9);
const scratch = await mkdtemp(join(tmpdir(), 'bench-large-'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(scratch, { recursive: true, force: true });
    process.exit(1);
  });
}
let steps: readonly FunctionStep[] = [];
try {
  const path = join(scratch, 'large.pdf');
  writeDataPdf(path, bytes);
  const assemblyDir = await assemblyOf('dev');
  const workers = await workersInProcesses(assemblyDir, { signingMb: SIGNING_MB, largestUpload: 2 * bytes, scratch });
  const stateDir = join(scratch, 'state');
  const laptop = await openLaptop({ assemblyDir, stateDir, transformTemplate: workers.transform, log: workers.log });
  try {
    const done = await largeDispatch(laptop, path, workers);
    steps = done.steps;
    await checkSealed(laptop, path, done);
  } finally {
    await laptop.stop();
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
const text = largeReport({ date: new Date().toISOString().slice(0, 10), machine, bytes, signingMb: SIGNING_MB, steps });
console.log(text);
if (bytes === 1e9) replacePart('large', text);

// `npm run synth [-- dev …]`: the cloud assembly of every stage, or of those named, in cdk.out/<stage>.
// `--out DIR` puts a single stage there instead.
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assemble } from './assemble.ts';
import { bundleFunctions } from './bundle.ts';
import { STAGE_NAMES, stageSettings } from './stages.ts';

const OUT = resolve(import.meta.dirname, '..', 'cdk.out');

const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
const stages = positionals.length > 0 ? positionals : STAGE_NAMES;
if (values.out !== undefined && stages.length !== 1) throw new Error('--out takes one stage.');

const bundles = await bundleFunctions();
for (const stage of stages) {
  const outDir = resolve(values.out ?? join(OUT, stage));
  rmSync(outDir, { recursive: true, force: true });
  assemble({ settings: stageSettings(stage), bundles, outDir }).synth();
  console.log(`${stage}: ${outDir}`);
}
const kilobytes = Object.entries(bundles.sizes).map(([name, size]) => `${name} ${Math.ceil(size / 1024)} kB`);
console.log(`functions: ${kilobytes.join(', ')}`);

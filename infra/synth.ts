// `npm run synth`: the cloud assembly of every stage, or of those named, in cdk.out/<stage>.
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assemble } from './assemble.ts';
import { bundleFunctions } from './bundle.ts';
import { STAGE_NAMES, stageSettings } from './stages.ts';

const OUT = resolve(import.meta.dirname, '..', 'cdk.out');

const named = process.argv.slice(2);
const bundles = await bundleFunctions();
for (const stage of named.length > 0 ? named : STAGE_NAMES) {
  const outDir = join(OUT, stage);
  rmSync(outDir, { recursive: true, force: true });
  assemble({ settings: stageSettings(stage), bundles, outDir }).synth();
  console.log(`${stage}: ${outDir}`);
}
const kilobytes = Object.entries(bundles.sizes).map(([name, size]) => `${name} ${Math.ceil(size / 1024)} kB`);
console.log(`functions: ${kilobytes.join(', ')}`);

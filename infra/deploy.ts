// `npm run deploy -- --stage dev [--yes]`: synthesizes one stage and hands both its stacks to the CDK's command line.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assemble } from './assemble.ts';
import { bundleFunctions } from './bundle.ts';
import { placeholders, type StageSettings, stageSettings } from './stages.ts';

const ROOT = resolve(import.meta.dirname, '..');

const { values } = parseArgs({ options: { stage: { type: 'string' }, yes: { type: 'boolean', default: false } } });
if (values.stage === undefined) stop('Which stage? npm run deploy -- --stage dev');
const settings = stageSettings(values.stage);
refusePlaceholders(settings);
console.warn(
  `Region ${settings.region} lies outside Viet Nam: personal data may go there only as docs/operations.md#data-abroad says.`,
);

const outDir = join(ROOT, 'cdk.out', settings.name);
assemble({ settings, bundles: await bundleFunctions(), outDir }).synth();
const approval = values.yes ? 'never' : 'any-change';
const cdk = spawnSync('cdk', ['deploy', '--all', '--app', outDir, '--require-approval', approval], {
  cwd: ROOT,
  stdio: 'inherit',
});
if (cdk.error) stop(`The CDK's command line did not start: ${cdk.error.message}. Run this through npm run deploy.`);
process.exitCode = cdk.status ?? 1;

function refusePlaceholders(stage: StageSettings): void {
  const open = placeholders(stage);
  if (open.length === 0) return;
  stop(`infra/stages.ts still holds placeholders for ${stage.name}:\n  ${open.join('\n  ')}`);
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}

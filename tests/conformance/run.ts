// `npm run conformance`: our signatures before independent tools, our laptop services beside third-party servers.
// Needs what each part says (Python, Java, Go binaries); a part that cannot run says so and what it lacks.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PARTS = ['signatures', 'corpus', 'verdicts', 's3', 'services'] as const;

const asked = process.argv.slice(2);
const failed = PARTS.filter((part) => asked.length === 0 || asked.includes(part)).filter((part) => {
  console.log(`\n── ${part} ──`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${part}.ts`)], { stdio: 'inherit' });
  return status !== 0;
});
console.log(failed.length === 0 ? '\nNothing disagreed.' : `\nDisagreement in: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

// Synthesizes the stage once and seeds the demo people once, for all stack tests: `node prepare-stack.ts <folder>`.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { assemblyOf } from '../../cli/demo/assembly.ts';
import { openLaptop } from '../../cli/demo/laptop.ts';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder to prepare the stack in.');
// A copy: the assembly at hand goes when sources change often enough during the tests.
const assemblyDir = join(folder, 'assembly');
await cp(await assemblyOf('dev'), assemblyDir, { recursive: true });
const laptop = await openLaptop({ assemblyDir, stateDir: join(folder, 'state') });
await laptop.stop();

// Synthesizes the stage once and seeds the demo people once, for all stack tests: `node prepare-stack.ts <folder>`.
import { join } from 'node:path';
import { openLaptop, synthesize } from '../../cli/demo/laptop.ts';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder to prepare the stack in.');
const assemblyDir = await synthesize(join(folder, 'assembly'));
const laptop = await openLaptop({ assemblyDir, stateDir: join(folder, 'state') });
await laptop.stop();

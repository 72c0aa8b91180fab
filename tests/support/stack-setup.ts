import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the synthesized stage (`assembly`) and the state of a laptop with the demo people (`state`). */
    readonly preparedStack: string;
  }
}

/** Prepares the stack before the first stack test; in a process of its own, so that the CDK's memory is given back. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'ba-khong-stack-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'prepare-stack.ts'), folder]);
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('preparedStack', folder);
  return remove;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const OUT = join(ROOT, 'cdk.out');

/** What the assembly is made from. */
const SOURCES = ['infra', 'functions', 'lib', 'package-lock.json'];
/** Assemblies that are kept: one that runs is not taken away by the next change. */
const KEPT = 3;

/**
 * The cloud assembly of a stage, as `npm run synth` makes it; made anew only when a source has changed. The CDK runs in a
 * process of its own, so that its memory is gone when the stack starts. Several may ask at once.
 * @returns its folder
 */
export async function assemblyOf(stage: string): Promise<string> {
  const prefix = `laptop-${stage}-`;
  const dir = join(OUT, `${prefix}${(await sourceHash()).slice(0, 16)}`);
  if (existsSync(join(dir, 'manifest.json'))) return dir;
  const draft = `${dir}.${process.pid}`;
  const node = promisify(execFile);
  await node(process.execPath, [join(ROOT, 'infra/synth.ts'), stage, '--out', draft], { cwd: ROOT });
  await rename(draft, dir).catch(async (error: unknown) => {
    // Another process was faster; its assembly is the same.
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(join(dir, 'manifest.json'))) throw error;
  });
  await forgetOld(prefix);
  return dir;
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const files = (await stat(path)).isDirectory() ? await filesBelow(path) : [path];
    for (const file of files)
      hash
        .update(file)
        .update('\0')
        .update(await readFile(file));
  }
  return hash.digest('hex');
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function forgetOld(prefix: string): Promise<void> {
  const names = (await readdir(OUT)).filter((name) => name.startsWith(prefix));
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(OUT, name))).mtimeMs })));
  const old = dated.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(old.map(({ name }) => rm(join(OUT, name), { recursive: true, force: true })));
}

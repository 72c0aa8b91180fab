import { readdirSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a JSON file so that a crash leaves the old one or the new one, never half of either. */
export async function writeRecord(path: string, record: unknown): Promise<void> {
  const temporary = `${path}.tmp`;
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
  await rename(temporary, path);
}

/** Reads every record of a folder; temporary files of writes that never finished are not records. */
export function readRecords<T>(dir: string): T[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as T);
}

/** Removes the files of a folder that `keep` does not want. */
export async function sweepFiles(dir: string, keep: (name: string) => boolean): Promise<void> {
  for (const name of readdirSync(dir)) if (!keep(name)) await rm(join(dir, name), { force: true, recursive: true });
}

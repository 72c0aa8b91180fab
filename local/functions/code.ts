import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';

/**
 * The directory that holds a function's code: its asset, or inline code written below `dir`.
 * An asset that is plain `.js` is copied first: in Lambda nothing lies above `/var/task`, here a `package.json` of the
 * project might, and it would change how Node reads the file.
 * @throws LocalError `UnsupportedValue` for container images, zip files and code outside the assembly
 */
export async function codeDirectory(
  code: JsonObject,
  assets: ReadonlyMap<string, string>,
  id: string,
  dir: string,
): Promise<string> {
  const target = join(dir, id.replaceAll('/', '-'));
  if (typeof code.ZipFile === 'string') {
    await mkdir(target, { recursive: true });
    await Promise.all([
      writeFile(join(target, 'index.js'), code.ZipFile),
      writeFile(join(target, 'package.json'), '{}'),
    ]);
    return target;
  }
  const asset = assets.get(String(code.S3Key ?? ''));
  if (!asset) throw new LocalError('UnsupportedValue', `its code is no asset of the assembly: ${JSON.stringify(code)}`);
  if (!existsSync(asset) || !statSync(asset).isDirectory()) {
    throw new LocalError('UnsupportedValue', `its asset ${basename(asset)} is not a directory`);
  }
  if (existsSync(join(asset, 'package.json')) || !existsSync(join(asset, 'index.js'))) return asset;
  await cp(asset, target, { recursive: true });
  await writeFile(join(target, 'package.json'), '{}');
  return target;
}

/** The module and the export that a handler string names. */
export function handlerOf(codeDir: string, handler: string): { readonly file: string; readonly exportName: string } {
  const dot = handler.lastIndexOf('.');
  const path = join(codeDir, handler.slice(0, dot));
  const file = ['.mjs', '.js', '.cjs'].map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (!file) throw new LocalError('UnsupportedValue', `its handler ${handler} is not in ${basename(codeDir)}`);
  return { file, exportName: handler.slice(dot + 1) };
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/functions.ts';

/** Bytes of each function's module, and of what is deployed beside it. */
export async function bundleSizes(): Promise<Record<FunctionName, { bytes: number; dataBytes: number }>> {
  const { sizes, folder } = await bundleFunctions();
  const found = await Promise.all(
    FUNCTION_NAMES.map(async (name) => {
      const bytes = sizes[name];
      return [name, { bytes, dataBytes: (await bytesBelow(folder(name))) - bytes }] as const;
    }),
  );
  return Object.fromEntries(found) as Record<FunctionName, { bytes: number; dataBytes: number }>;
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** `package-lock.json` version 3: where a package is installed → what it is. */
type Packages = Readonly<Record<string, LockedPackage>>;

const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Packages;
};

/** Whether a package at `from` would find `name`: beside its own dependencies, or in a folder further up. */
function resolves(locked: Packages, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const inside = folder === '' ? '' : `${folder}/`;
    if (!inside.endsWith('node_modules/') && `${inside}node_modules/${name}` in locked) return true;
    if (folder === '') return false;
  }
}

/** Optional dependencies that the lock file does not hold, as `who → whom`. */
function missing(locked: Packages): string[] {
  return Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !resolves(locked, path, name))
      .map((name) => `${path} → ${name}`),
  );
}

// npm drops those of other platforms when it writes the file beside installed packages; `npm ci` then fails elsewhere.
test('the lock file holds the optional packages of every platform', () => {
  expect(missing(packages)).toEqual([]);
});

test('a package that is left out is named', () => {
  const native = Object.keys(packages).find((path) => path.startsWith('node_modules/@esbuild/')) ?? '';
  const { [native]: _, ...rest } = packages;
  expect(missing(rest)).toContain(`node_modules/esbuild → ${native.slice('node_modules/'.length)}`);
});

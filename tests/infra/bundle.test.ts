import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';

const out = mkdtempSync(join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
const bundles = await bundleFunctions(out);

test.each(FUNCTION_NAMES)('%s is one small module, with nothing beside it but fonts', (name) => {
  const files = readdirSync(bundles.folder(name));
  const withFonts = name === 'sign-worker';
  expect(files.sort()).toEqual(withFonts ? ['fonts', 'index.mjs'] : ['index.mjs']);
  // Those that make PDF pages carry pdf-lib, and fontkit for text.
  const limit = name === 'sign-worker' || name === 'intake-worker' ? 2 : 1;
  expect(bundles.sizes[name]).toBeLessThan(limit * 1024 * 1024);
  expect(bundles.sizes[name]).toBe(statSync(join(bundles.folder(name), 'index.mjs')).size);
});

test('source maps are kept, outside of what is deployed', () => {
  for (const name of FUNCTION_NAMES) expect(existsSync(join(out, 'maps', `${name}.mjs.map`))).toBe(true);
});

test('bundling again leaves unchanged files alone', async () => {
  const file = join(bundles.folder('service-api'), 'index.mjs');
  const before = statSync(file);
  await bundleFunctions(out);
  expect(statSync(file).ino).toBe(before.ino);
});

test('a bundle is a module that exports its handler', async () => {
  vi.stubEnv('STAGE', 'dev');
  const module = await import(pathToFileURL(join(bundles.folder('service-api'), 'index.mjs')).href);
  expect(module.handler).toBeTypeOf('function');
});

import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Metafile } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, WITH_FONTS } from '../../infra/functions.ts';
import { ENV } from '../../lib/platform/names.ts';
import { functionNamed, stacksOf } from './synthesized.ts';

const out = mkdtempSync(join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
const bundles = await bundleFunctions(out);
const metafile = JSON.parse(readFileSync(join(out, 'metafile.json'), 'utf8')) as Metafile;
const ROOT = resolve(import.meta.dirname, '../..');

test.each(FUNCTION_NAMES)('%s is one small module, with nothing beside it but fonts', (name) => {
  const files = readdirSync(bundles.folder(name));
  const withFonts = WITH_FONTS.includes(name);
  expect(files.sort()).toEqual(withFonts ? ['fonts', 'index.mjs'] : ['index.mjs']);
  // Those that make PDF pages carry pdf-lib, and fontkit for text.
  const limit = withFonts || name === 'intake-worker' ? 2 : 1;
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

test.each(FUNCTION_NAMES)(
  '%s starts with the environment that the template gives it, and exports its handler',
  async (name) => {
    const folder = bundles.folder(name);
    const declared = functionNamed(stacksOf('dev'), name).properties.Environment.Variables;
    const env = { ...filledIn(declared), AWS_REGION: 'ap-southeast-1', LAMBDA_TASK_ROOT: folder };
    const program = `import(${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)}).then(
    (module) => require('node:worker_threads').parentPort.postMessage(typeof module.handler))`;
    const worker = new Worker(program, { eval: true, env, execArgv: [] });
    const [handler] = await once(worker, 'message');
    await worker.terminate();
    expect(handler).toBe('function');
  },
);

test.each(FUNCTION_NAMES)('%s is given only the variables that its code asks for', (name) => {
  const { inputs } = metafile.outputs[relative(ROOT, join(bundles.folder(name), 'index.mjs'))]!;
  const own = Object.keys(inputs).filter((path) => /^(functions|lib)\//.test(path) && path !== 'lib/platform/names.ts');
  const source = own.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n');
  const asked = [...source.matchAll(/\bENV\.(\w+)/g)].map(([, key]) => ENV[key as keyof typeof ENV]);
  const given = Object.keys(functionNamed(stacksOf('dev'), name).properties.Environment.Variables);
  expect(given.filter((variable) => variable !== 'POWERTOOLS_SERVICE_NAME').sort()).toEqual([...new Set(asked)].sort());
});

/** References to other resources become names, or addresses where the variable says so. */
function filledIn(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const fill = (name: string, value: unknown) => {
    const parts = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1];
    if (name === 'SIGNATURE_AUTHORITIES' && parts)
      return parts.map((part) => (typeof part === 'string' ? part : 'https://timestamps.example')).join('');
    return name.endsWith('_URL') ? 'https://queue.example/q' : 'some-name';
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : fill(name, value)]),
  );
}

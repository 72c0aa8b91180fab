import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { FONT_FILES } from '../lib/platform/names.ts';
import { FONTS_FOLDER, FUNCTION_NAMES, type FunctionName, WITH_FONTS } from './functions.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const BANNER = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`;

/**
 * Packages that are installed in two versions or forms, where one copy serves; one that Node does without; and the SDK's
 * chain of sources of credentials, which a function has in its environment (docs/decisions/0040).
 */
const REPLACED = {
  '@aws-sdk/credential-provider-node': join(ROOT, 'infra/environment-credentials.ts'),
  'brotli/decompress.js': join(ROOT, 'infra/brotli.ts'),
  'html-entities': join(ROOT, 'node_modules/html-entities/dist/esm/index.js'),
};

/** How a function's code becomes one module. */
export const BUNDLING = {
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  alias: REPLACED,
  banner: { js: BANNER },
  minify: true,
  legalComments: 'none',
  logLevel: 'error',
} satisfies BuildOptions;

export interface Bundles {
  /** Folder of a function's asset: `index.mjs`, and `fonts/` where it authors PDF pages. */
  folder(name: FunctionName): string;
  /** Bytes of each `index.mjs`. */
  readonly sizes: Readonly<Record<FunctionName, number>>;
}

/**
 * Bundles all functions in one pass: ES modules, minified and tree-shaken, the AWS SDK included so that what was tested
 * is what runs. Source maps go to `<outDir>/maps`, outside the assets.
 * Files are replaced only where their content changed, and atomically: several synths may run at once.
 */
export async function bundleFunctions(outDir = join(ROOT, 'dist')): Promise<Bundles> {
  const functionsDir = join(outDir, 'functions');
  const result = await build({
    ...BUNDLING,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
    outdir: functionsDir,
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
  });
  const sizes = {} as Record<FunctionName, number>;
  for (const file of result.outputFiles) {
    const name = relative(functionsDir, dirname(file.path)) as FunctionName;
    if (file.path.endsWith('.map')) replace(join(outDir, 'maps', `${name}.mjs.map`), file.contents);
    else {
      replace(file.path, file.contents);
      sizes[name] = file.contents.byteLength;
    }
  }
  for (const name of WITH_FONTS) copyFonts(join(functionsDir, name, FONTS_FOLDER));
  replace(join(outDir, 'metafile.json'), Buffer.from(JSON.stringify(result.metafile)));
  return { folder: (name) => join(functionsDir, name), sizes };
}

/** The font files and, as their licence asks, its text. */
function copyFonts(folder: string): void {
  const fonts = join(ROOT, 'node_modules/@expo-google-fonts/tinos');
  replace(join(folder, 'LICENSE'), readFileSync(join(fonts, 'LICENSE_FONT')));
  for (const file of Object.values(FONT_FILES)) {
    const style = file.slice('Tinos_'.length, -'.ttf'.length);
    replace(join(folder, file), readFileSync(join(fonts, style, file)));
  }
}

function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && digest(readFileSync(path)) === digest(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LineJudge } from './line-judge.ts';

/** An independent tool: its version and, where it answers requests, the process that does; or what it lacks here. */
export type Tool = { readonly version: string; readonly judge: LineJudge } | { readonly absent: string };

/** Git-ignored: what the conformance run and the benches build for themselves. */
export const OUT = resolve(import.meta.dirname, '../../out');

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const DSS = join(import.meta.dirname, 'dss');

function output(program: string, args: readonly string[], cwd?: string): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }) });
  return status === 0 ? stdout.trim() : undefined;
}

/** pyHanko and qpdf: the Python that CONFORMANCE_PYTHON names, or an environment made here with the pinned versions. */
export function pythonTool(): Tool {
  const python = process.env.CONFORMANCE_PYTHON ?? madePython();
  if (typeof python !== 'string') return python;
  const versions = output(python, [
    '-c',
    "from importlib.metadata import version as v; print(f\"{v('pyhanko')}, pikepdf {v('pikepdf')}\")",
  ]);
  if (versions === undefined) return { absent: `${python} has no pyhanko and pikepdf` };
  return { version: versions, judge: new LineJudge([python, join(import.meta.dirname, 'judge.py')]) };
}

/** A virtual environment under out/, made once per content of requirements.txt. */
function madePython(): string | { readonly absent: string } {
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(OUT, `conformance-python-${wanted}`);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  if (output('python3', ['-m', 'venv', folder]) === undefined) return { absent: 'no python3 with venv' };
  if (output(python, ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS]) === undefined) {
    return { absent: 'pip could not install tests/conformance/requirements.txt' };
  }
  writeFileSync(complete, '');
  return python;
}

/** EU DSS: built by Maven when its sources are newer than what it built. */
export function dssTool(options: readonly string[] = []): Tool {
  if (output('java', ['-version']) === undefined) return { absent: 'no java' };
  const sources = ['pom.xml', ...['Main', 'Judge', 'Timing', 'Json'].map((name) => `src/main/java/${name}.java`)];
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(join(DSS, source)));
  const wanted = hash.digest('hex');
  const built = join(DSS, 'target/built-from');
  if (!existsSync(built) || readFileSync(built, 'utf8') !== wanted) {
    if (output('mvn', ['-q', '-B', 'clean', 'package'], DSS) === undefined) {
      return { absent: 'mvn could not build tests/conformance/dss' };
    }
    writeFileSync(built, wanted);
  }
  const version =
    /<dss\.version>([^<]+)</.exec(readFileSync(join(DSS, 'pom.xml'), 'utf8'))?.[1] ?? 'of unknown version';
  const java = /version "([^"]+)"/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr)?.[1] ?? '?';
  return {
    version: `${version}, Java ${java}`,
    judge: new LineJudge(['java', '-Xmx4g', ...options, '-jar', join(DSS, 'target/dss-judge.jar')]),
  };
}

export function opensslVersion(): string | undefined {
  return output('openssl', ['version'])?.split(' ').slice(0, 2).join(' ');
}

export function qpdfVersion(): string | undefined {
  return output('qpdf', ['--version'])?.split('\n')[0];
}

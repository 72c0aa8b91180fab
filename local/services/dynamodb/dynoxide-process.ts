import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { LocalError } from '../../errors.ts';

/** A running DynamoDB. */
export interface DynamoProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Process id of the database's keeper. */
  readonly pid: number;
  /** Ends it and waits until its files are closed. */
  stop(): Promise<void>;
}

/**
 * Where the dynoxide binary of this platform was installed.
 * @throws LocalError `StartFailed` naming the variable that points at another DynamoDB
 */
export function findDynoxide(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@dynoxide/${platform}-${arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (cause) {
    throw new LocalError(
      'StartFailed',
      `no DynamoDB for ${platform}-${arch}: the package ${name} is not installed. Set AWS_ENDPOINT_URL_DYNAMODB to the address of a DynamoDB of your own, e.g. DynamoDB Local at http://127.0.0.1:8000.`,
      undefined,
      cause,
    );
  }
}

// The keeper ends the database when its own input closes, which happens however this process dies.
const KEEPER =
  'exec 3<&0; "$@" 3<&- & db=$!; { cat <&3 >/dev/null; kill $db; } & keeper=$!; wait $db; kill $keeper 2>/dev/null';

/** Starts dynoxide on a free port with its data in `dir`. */
export async function startDynoxide(dir: string): Promise<DynamoProcess> {
  const binary = findDynoxide();
  await mkdir(dir, { recursive: true, mode: 0o700 });
  let failure = '';
  // The port is free when it is asked for and may be taken a moment later.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const child = launch([
      binary,
      'serve',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--db-path',
      join(dir, 'dynamodb.sqlite'),
    ]);
    const outcome = await listening(child);
    if (outcome === 'listening') return { url: `http://127.0.0.1:${port}`, pid: child.pid!, stop: () => stop(child) };
    failure = outcome;
  }
  throw new LocalError('StartFailed', `dynoxide does not start: ${failure}`);
}

function launch(command: readonly [string, ...string[]]): ChildProcess {
  if (process.platform === 'win32') return spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  return spawn('/bin/sh', ['-c', KEEPER, 'sh', ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Resolves with `listening`, or with what it said before it ended. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2000);
      if (said.includes('listening on')) resolve('listening');
    };
    // Both are read on for as long as it lives, or it would stand still at a full pipe.
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(said || `exit code ${code}`));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.stdin?.end();
    if (process.platform === 'win32') child.kill();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

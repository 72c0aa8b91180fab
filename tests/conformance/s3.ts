// Runs the S3 contract suite against a third-party server, so that what it expects is not only what ours does.
// The server is `versitygw` (Apache-2.0), found on the PATH or named by VERSITYGW; without it, says so and stops.
//   node tests/conformance/s3.ts
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SUITES = ['objects', 'versions', 'multipart', 'signatures', 'browser'].map((name) => `tests/contract/s3-${name}`);
const KEYS = { id: 'AKIDCONFORMANCE', secret: 'conformance-secret' };
const REGION = 'ap-southeast-1';

const binary = process.env.VERSITYGW ?? 'versitygw';
if (spawnSync(binary, ['--version']).status !== 0) {
  process.stdout.write(
    's3 conformance: skipped, no versitygw (go install github.com/versity/versitygw/cmd/versitygw@latest)\n',
  );
  process.exit(0);
}

const dir = await mkdtemp(join(tmpdir(), 's3-conformance-'));
await Promise.all(['data', 'versions'].map((name) => mkdir(join(dir, name))));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = spawn(
  binary,
  [
    '--access', KEYS.id, '--secret', KEYS.secret, '--region', REGION, '--port', `127.0.0.1:${port}`, '--quiet',
    'posix', '--versioning-dir', join(dir, 'versions'), join(dir, 'data'),
  ], // biome-ignore format: a command line
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
try {
  await answering(url);
  const suite = spawn('npx', ['vitest', 'run', '--project', 'contract', ...SUITES], {
    stdio: 'inherit',
    env: {
      ...process.env,
      CONTRACT_S3_ENDPOINT: url,
      CONTRACT_S3_SERVER: 'versitygw',
      CONTRACT_S3_REGION: REGION,
      CONTRACT_S3_ACCESS_KEY_ID: KEYS.id,
      CONTRACT_S3_SECRET_ACCESS_KEY: KEYS.secret,
    },
  });
  const [code] = (await once(suite, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  server.kill();
  await once(server, 'exit');
  await rm(dir, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Resolves once the server answers anything at all. */
async function answering(address: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await fetch(address).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server does not answer');
}

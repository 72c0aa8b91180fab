/**
 * Do the contract suites hold against servers that others wrote? Starts those that this machine can run, puts the very
 * suites of `tests/contract` over them and compares what fails with `known-deviations.ts`.
 *
 * Run by hand: `node tests/conformance/services.ts`. DynamoDB Local and ElasticMQ need `mvn` and `java`; moto needs a
 * Python with `moto[server]`, named by CONFORMANCE_PYTHON (default: python3). What cannot run is said, not failed.
 * KMS has no third-party server that signs digests: its suite checks every signature with OpenSSL instead.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KNOWN_DEVIATIONS } from './known-deviations.ts';

interface Server {
  readonly name: string;
  /** Variable that points the suite at it. */
  readonly variable: string;
  readonly suite: string;
  /** The command that serves on a port, or why there is none. */
  command(folder: string, port: number): readonly [string, ...string[]] | { readonly missing: string };
}

const python = process.env.CONFORMANCE_PYTHON ?? 'python3';

const SERVERS: readonly Server[] = [
  {
    name: 'DynamoDB Local',
    variable: 'CONTRACT_DYNAMODB_ENDPOINT',
    suite: 'tests/contract/dynamodb.test.ts',
    command: (folder, port) =>
      mavenJars(folder, 'com.amazonaws', 'DynamoDBLocal', '2.6.0', (jars) => [
        'java', `-Djava.library.path=${jars}`, '-cp', `${jars}/*`, 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
        '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port),
      ]), // biome-ignore format: one command line
  },
  {
    name: 'ElasticMQ',
    variable: 'CONTRACT_SQS_ENDPOINT',
    suite: 'tests/contract/sqs.test.ts',
    command: (folder, port) =>
      mavenJars(folder, 'org.elasticmq', 'elasticmq-server_2.13', '1.6.11', (jars) => [
        'java', `-Drest-sqs.bind-port=${port}`, `-Dnode-address.port=${port}`, '-Drest-stats.enabled=false', '-cp', `${jars}/*`,
        'org.elasticmq.server.Main',
      ]), // biome-ignore format: one command line
  },
  {
    name: 'moto (SQS)',
    variable: 'CONTRACT_SQS_ENDPOINT',
    suite: 'tests/contract/sqs.test.ts',
    command: (_folder, port) =>
      runs(python, '-c', 'import moto.server')
        ? [python, '-m', 'moto.server', '-p', String(port)]
        : { missing: `${python} has no moto[server]; name another by CONFORMANCE_PYTHON` },
  },
];

function runs(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Fetches an artifact with all it needs into a folder. */
function mavenJars(
  folder: string,
  group: string,
  artifact: string,
  version: string,
  command: (jars: string) => readonly [string, ...string[]],
): readonly [string, ...string[]] | { readonly missing: string } {
  if (!runs('mvn', '--version') || !runs('java', '-version')) return { missing: 'mvn and java are needed' };
  const home = join(folder, artifact);
  mkdirSync(home);
  const dependency = `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  writeFileSync(
    join(home, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>conformance</groupId><artifactId>servers</artifactId><version>1</version><dependencies>${dependency}</dependencies></project>`,
  );
  const { status } = spawnSync('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], {
    cwd: home,
    stdio: 'ignore',
  });
  return status === 0 ? command(join(home, 'lib')) : { missing: `mvn could not fetch ${group}:${artifact}:${version}` };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Waits until something answers at all; false when the server ended or a minute has passed. */
async function answers(url: string, child: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 240 && child.exitCode === null; attempt += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Runs a suite over an address; the titles of what passed and failed. */
function runSuite(
  server: Server,
  url: string,
  folder: string,
): { readonly passed: readonly string[]; readonly failed: readonly string[] } {
  const output = join(folder, 'report.json');
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'contract',
    server.suite,
    '--reporter=json',
    `--outputFile=${output}`,
  ];
  spawnSync(process.execPath, args, { stdio: 'ignore', env: { ...process.env, [server.variable]: url } });
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const titles = (status: string) => tests.filter((test) => test.status === status).map((test) => test.title);
  const broken = report.testResults.filter((file) => file.message !== '').map((file) => file.message);
  return { passed: titles('passed'), failed: [...titles('failed'), ...broken] };
}

/** One server from start to verdict; true when nothing unexpected happened. */
async function check(server: Server, folder: string): Promise<boolean> {
  const port = await freePort();
  const command = server.command(folder, port);
  if ('missing' in command) {
    console.log(`–  ${server.name}: not run (${command.missing})`);
    return true;
  }
  const child = spawn(command[0], command.slice(1), { stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    if (!(await answers(url, child))) throw new Error(`${server.name} does not start`);
    const { passed, failed } = runSuite(server, url, folder);
    const known = KNOWN_DEVIATIONS[server.name] ?? [];
    const surprises = failed.filter((title) => !known.includes(title));
    console.log(
      `${surprises.length === 0 ? '✔' : '✘'}  ${server.name}: ${passed.length} passed, ${failed.length - surprises.length} known deviations`,
    );
    for (const title of surprises) console.log(`     unexpected: ${title}`);
    return surprises.length === 0 && passed.length > 0;
  } finally {
    child.kill();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
try {
  let good = true;
  for (const server of SERVERS) good = (await check(server, folder)) && good;
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

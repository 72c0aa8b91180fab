import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createActivity } from '../../../local/activity.ts';
import { createClock } from '../../../local/clock.ts';
import { codeDirectory } from '../../../local/functions/code.ts';
import { LocalFunction } from '../../../local/functions/function.ts';
import type { ColdStart } from '../../../local/functions/invocation.ts';
import { CredentialStore } from '../../../local/iam/credentials.ts';

let dir: string;
let made: LocalFunction[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'laptop-function-'));
});

afterEach(async () => {
  await Promise.all(made.map((fn) => fn.stop()));
  made = [];
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

let count = 0;
interface More {
  readonly reserved?: number;
  readonly memoryMb?: number;
  readonly handler?: string;
}

function make(source: string, more: More = {}, movedAddresses: Readonly<Record<string, string>> = {}) {
  count += 1;
  const codeDir = join(dir, String(count));
  mkdirSync(codeDir);
  writeFileSync(join(codeDir, 'index.mjs'), source);
  return makeFrom(codeDir, more, movedAddresses);
}

function makeFrom(codeDir: string, more: More = {}, movedAddresses: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const coldStarts: ColdStart[] = [];
  const credentials = new CredentialStore();
  const clock = createClock();
  const fn = new LocalFunction(
    {
      id: 'Fn',
      name: 'fn',
      arn: 'arn:aws:lambda:x:000000000000:function:fn',
      roleArn: 'arn:aws:iam::000000000000:role/r',
      codeDir,
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      memoryMb: 128,
      timeoutMs: 5_000,
      environment: { GREETING: 'xin chào' },
      reserved: undefined,
      ...more,
    },
    { id: 'Role', name: 'r' },
    {
      clock,
      activity: createActivity(),
      credentials,
      log: ({ text }) => lines.push(text),
      region: 'ap-southeast-1',
      endpoint: () => 'http://127.0.0.1:1',
      onColdStart: (start) => coldStarts.push(start),
      movedAddresses,
    },
  );
  made.push(fn);
  return { fn, lines, coldStarts, credentials };
}

/** A handler that answers once the text `go` is written to the file it is given. */
const UNTIL_TOLD = `import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';
export const handler = ({ file }) => new Promise((resolve) => {
  const look = () => existsSync(file) && resolve('told');
  watch(dirname(file), look); look();
});`;

describe('a function', () => {
  it('is led to where an address has moved, and nowhere else', async () => {
    const server = createServer((request, response) => response.end(`${request.headers.host}${request.url}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // Nobody listens at port 9 or 10.
    const { fn } = make(
      `import { get } from 'node:http';
      const asked = (url) => new Promise((resolve) =>
        get(url, { agent: false }, (answer) => answer.setEncoding('utf8').once('data', resolve))
          .on('error', ({ code }) => resolve(code)));
      export const handler = async ({ fetched, urls }) =>
        [await (await fetch(fetched)).text(), ...(await Promise.all(urls.map(asked)))];`,
      {},
      { '127.0.0.1:9': `127.0.0.1:${port}` },
    );
    const urls = ['http://127.0.0.1:9/b', 'http://127.0.0.1:10/c', `http://127.0.0.1:${port}/d`];
    expect(await fn.invoke({ fetched: `http://127.0.0.1:${port}/a`, urls })).toMatchObject({
      ok: true,
      payload: [`127.0.0.1:${port}/a`, '127.0.0.1:9/b', 'ECONNREFUSED', `127.0.0.1:${port}/d`],
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('runs with its own variables and keys of its role', async () => {
    const { fn, credentials } = make(`export const handler = async (event) => {
      const { GREETING, AWS_REGION, AWS_ACCESS_KEY_ID } = process.env;
      return { event, GREETING, AWS_REGION, AWS_ACCESS_KEY_ID };
    };`);
    const result = await fn.invoke({ a: 1 });
    expect(result).toMatchObject({
      ok: true,
      payload: { event: { a: 1 }, GREETING: 'xin chào', AWS_REGION: 'ap-southeast-1' },
    });
    const { AWS_ACCESS_KEY_ID } = (result as { payload: { AWS_ACCESS_KEY_ID: string } }).payload;
    expect(credentials.find(AWS_ACCESS_KEY_ID)?.principal).toEqual({
      arn: 'arn:aws:sts::000000000000:assumed-role/r/fn',
      roleId: 'Role',
      functionId: 'Fn',
    });
    await fn.kill();
    // What it has signed holds beyond its end, as in AWS.
    expect(credentials.find(AWS_ACCESS_KEY_ID)).toBeDefined();
  });

  it('keeps an environment after an error, and throws it away after a crash', async () => {
    const { fn, coldStarts, lines } = make(`let n = 0;
      export const handler = async ({ how }) => {
        n += 1;
        if (how === 'throw') throw new TypeError('wrong');
        if (how === 'exit') process.exit(7);
        if (how === 'reject') return new Promise(() => Promise.reject(new Error('lost')));
        console.log('call', n);
        return n;
      };`);
    expect(await fn.invoke({ how: 'throw' })).toMatchObject({
      error: { errorType: 'TypeError', errorMessage: 'wrong' },
    });
    expect(await fn.invoke({})).toMatchObject({ payload: 2 });
    expect(await fn.invoke({ how: 'exit' })).toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with code 7' },
    });
    expect(await fn.invoke({})).toMatchObject({ payload: 1 });
    expect(await fn.invoke({ how: 'reject' })).toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: 'Error: lost' },
    });
    expect(coldStarts).toHaveLength(2);
    expect(lines).toContain('call 2');
  });

  it('fails while it cannot be loaded', async () => {
    const { fn } = make(`throw new RangeError('no settings');`);
    expect(await fn.invoke({})).toMatchObject({ error: { errorType: 'RangeError', errorMessage: 'no settings' } });
    const missing = make('export const other = 1;');
    expect(await missing.fn.invoke({})).toMatchObject({ ok: false, error: { errorType: 'Error' } });
  });

  it('is killed in the middle of an invocation', async () => {
    const { fn } = make(UNTIL_TOLD);
    const invocation = fn.invoke({ file: join(dir, 'never') });
    expect(await fn.kill()).toBe(1);
    expect(await invocation).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  });

  it('is throttled beyond its reserved concurrency, unless the caller can wait', async () => {
    const { fn, coldStarts } = make(UNTIL_TOLD, { reserved: 1 });
    const file = join(dir, 'go');
    const first = fn.invoke({ file });
    expect(await fn.invoke({ file })).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
    const third = fn.invoke({ file }, { queue: true });
    writeFileSync(file, '');
    expect([await first, await third]).toMatchObject([{ payload: 'told' }, { payload: 'told' }]);
    expect(coldStarts).toHaveLength(1);
  });

  it('is not run at all when no concurrency is reserved for it', async () => {
    const { fn } = make('export const handler = async () => 1;', { reserved: 0 });
    expect(await fn.invoke({}, { queue: true })).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
  });

  it('is held to the memory it was given', async () => {
    const { fn } = make(
      `export const handler = async () => { const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length)); };`,
      {
        memoryMb: 64,
      },
    );
    expect(await fn.invoke({})).toMatchObject({ error: { errorType: 'Runtime.OutOfMemory' } });
  });

  it('may answer six megabytes and no more', async () => {
    const { fn } = make(`export const handler = async ({ size }) => 'x'.repeat(size);`);
    expect(await fn.invoke({ size: 6 * 1024 * 1024 - 2 })).toMatchObject({ ok: true });
    expect(await fn.invoke({ size: 6 * 1024 * 1024 })).toMatchObject({
      error: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });
});

describe('code', () => {
  it('in line is CommonJS, as in Lambda', async () => {
    const codeDir = await codeDirectory(
      { ZipFile: 'exports.handler = async () => typeof require;' },
      new Map(),
      'Inline',
      dir,
    );
    expect(await makeFrom(codeDir).fn.invoke({})).toMatchObject({ payload: 'function' });
  });

  it('in a .js asset does not depend on a package.json above it', async () => {
    const project = join(dir, 'project');
    const asset = join(project, 'asset');
    mkdirSync(asset, { recursive: true });
    writeFileSync(join(project, 'package.json'), '{"type":"module"}');
    writeFileSync(join(asset, 'index.js'), 'exports.handler = async () => __filename.length > 0;');
    const codeDir = await codeDirectory({ S3Key: 'a.zip' }, new Map([['a.zip', asset]]), 'Stack/Js', dir);
    expect(await makeFrom(codeDir).fn.invoke({})).toMatchObject({ payload: true });
  });

  it('must be a directory of the assembly', async () => {
    await expect(codeDirectory({ ImageUri: 'x' }, new Map(), 'Image', dir)).rejects.toThrow(/no asset of the assembly/);
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient, type HttpClientDeps, type HttpClientSettings } from '../../../lib/platform/http-client.ts';
import { addressIsPrivate, PRIVATE_ADDRESSES } from '../../../lib/platform/private-addresses.ts';

let server: Server;
let port: number;
let onSilence = () => {};
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/echo' }).end();
    else if (request.url === '/large') response.end(Buffer.alloc(100_000));
    else if (request.url === '/silent') onSilence();
    else if (request.url === '/echo')
      response.end(
        `${request.method} ${request.headers['content-type']} ${request.headers.accept} ${Buffer.concat(chunks)}`,
      );
    else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const resolvesTo =
  (address: string): LookupFunction =>
  (_name, options, callback) =>
    options.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4);
const never = (): AbortSignal => new AbortController().signal;

function call(
  url: string,
  settings: Partial<HttpClientSettings> = {},
  deps: Partial<HttpClientDeps> = {},
  maxBytes = 10_000,
) {
  const client = createHttpClient(
    {
      allowedHosts: [`127.0.0.1:${port}`, `tsa.example:${port}`, `.trust.example:${port}`],
      allowPrivateAddresses: true,
      timeLimit: 1000,
      ...settings,
    },
    { abortAfter: never, lookup: resolvesTo('127.0.0.1'), ...deps },
  );
  const body = Buffer.from('xin chào');
  return client({ url, method: 'POST', accept: 'text/b', contentType: 'text/a', body, maxBytes });
}
const at = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;

test('gives the body of an answer', async () => {
  expect(Buffer.from(await call(at('/echo'))).toString()).toBe('POST text/a text/b xin chào');
  await expect(call(at('/echo', 'tsa.example'))).resolves.toBeDefined();
  await expect(call(at('/echo', 'a.trust.example'))).resolves.toBeDefined();
});

test.each([
  ['ftp://tsa.example/', 'not an http address'],
  ['file:///etc/passwd', 'not an http address'],
  ['tsa.example', 'not an http address'],
  ['http://user:secret@tsa.example/', 'an address with a password'],
  ['http://elsewhere.example/', 'the host is not listed'],
  ['http://tsa.example.evil.example/', 'the host is not listed'],
])('%s is not called: %s', async (url, detail) => {
  await expect(call(url)).rejects.toMatchObject({ code: 'authority_not_allowed', detail });
});

test('a host that is listed without a port is called at that of the scheme alone', async () => {
  const allowedHosts = ['tsa.example', '.trust.example', '[::1]', 'other.example:80', 'other.example:8443'];
  const asked = async (url: string) => {
    let tried = false;
    const lookup: LookupFunction = (_name, _options, callback) => {
      tried = true;
      callback(Object.assign(new Error('nobody is called'), { code: 'ENOTFOUND' }), []);
    };
    const error = await call(url, { allowedHosts }, { lookup }).catch(({ detail }) => detail);
    expect(error).toBe(tried ? 'no answer: ENOTFOUND' : 'the host is not listed');
    return tried;
  };
  for (const url of [
    'http://tsa.example/',
    'http://tsa.example:80/',
    'https://tsa.example/',
    'https://a.trust.example/',
  ])
    expect([url, await asked(url)]).toEqual([url, true]);
  for (const url of ['http://other.example/', 'https://other.example:8443/', 'https://other.example:80/'])
    expect([url, await asked(url)]).toEqual([url, true]);
  for (const url of ['http://tsa.example:8080/', 'http://tsa.example:443/', 'https://tsa.example:80/'])
    expect([url, await asked(url)]).toEqual([url, false]);
  for (const url of [
    'http://a.trust.example:22/',
    'http://[::1]:9000/',
    'https://other.example/',
    at('/', 'tsa.example'),
  ])
    expect([url, await asked(url)]).toEqual([url, false]);
});

test('a private address is not called, literally or behind a name', async () => {
  const allowedHosts = ['127.0.0.1', '[::1]', 'tsa.example'].map((host) => `${host}:${port}`);
  const strict = { allowPrivateAddresses: false, allowedHosts };
  for (const host of ['127.0.0.1', '[::1]', 'tsa.example', '2130706433', '0x7f.1'])
    await expect(call(at('/echo', host), strict)).rejects.toMatchObject({
      code: 'authority_not_allowed',
      detail: 'a private address',
    });
});

test.each([
  ['127.1.2.3', true],
  ['10.0.0.1', true],
  ['100.64.0.1', true],
  ['169.254.169.254', true],
  ['172.31.255.255', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['64:ff9b::7f00:1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['fe80::1%eth0', true],
  ['fec0::1', true],
  ['::ffff:0:127.0.0.1', true],
  ['192.88.99.1', true],
  ['no address', true],
  ['8.8.8.8', false],
  ['::ffff:8.8.8.8', false],
  ['172.32.0.1', false],
  ['2606:4700::1', false],
])('%s is private: %s', (address, expected) => {
  expect(addressIsPrivate(address, PRIVATE_ADDRESSES)).toBe(expected);
});

test.each([
  ['/elsewhere', 'answered with status 302'],
  ['/broken', 'answered with status 500'],
  ['/large', 'the answer is too large'],
])('%s: %s', async (path, detail) => {
  await expect(call(at(path))).rejects.toMatchObject({ code: 'authority_unreachable', detail });
});

test('whoever does not answer is given up when time is over', async () => {
  const limit = new AbortController();
  let asked = 0;
  onSilence = () => limit.abort();
  const abortAfter = (ms: number) => {
    asked = ms;
    return limit.signal;
  };
  await expect(call(at('/silent'), { timeLimit: 7000 }, { abortAfter })).rejects.toMatchObject({
    code: 'authority_unreachable',
    detail: 'no answer in time',
  });
  expect(asked).toBe(7000);
});

test('nobody there is said to be nobody there', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port: free } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const allowedHosts = [`127.0.0.1:${free}`];
  await expect(call(`http://127.0.0.1:${free}/`, { allowedHosts })).rejects.toMatchObject({
    detail: 'no answer: ECONNREFUSED',
  });
});

import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { messageFor, type PreparedSignature } from '../../../cli/sign/check-prepared.ts';
import { fingerprint, parseCertificate } from '../../../lib/pki/certificate.ts';
import { readCertificationRequest } from '../../../lib/pki/certification-request.ts';
import { messageToSign } from '../../../lib/pki/cms-builder.ts';
import { readMessage } from '../../../lib/pki/cms-reader.ts';
import { children, readWhole, TAG } from '../../../lib/pki/der.ts';
import { encodeOid, encodeSequence, encodeSetOf, encodeTime } from '../../../lib/pki/der-writer.ts';
import { decodePem, encodePem } from '../../../lib/pki/pem.ts';
import { type Caller, callApi } from '../../support/call.ts';
import { type CaseWorld, HOANG_HOA, OPERATOR, PROVINCE, staff, startCaseWorld } from '../../support/case-world.ts';
import { startCscServer } from '../../support/csc-server.ts';
import { giveOwnKey } from '../../support/own-key.ts';
import { keyPair, NOW } from '../../support/pki/authority.ts';
import { OPENSSL, pkcs12 } from '../../support/pki/pkcs12.ts';
import { runCli } from '../../support/terminal.ts';
import { png } from '../pdf/png.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const OFFICER = staff(HOANG_HOA, 'officer');
const LEADER = staff(HOANG_HOA, 'leader');
const folder = mkdtempSync(join(tmpdir(), 'ba-khong-cli-'));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

let world: CaseWorld;
let gateway: Server;
let api: string;
let salt = 0;
/** What the service on the way gives to sign, in place of what was prepared. */
let rewrite = (prepared: PreparedSignature): object => prepared;
/** What was asked of the service, as `POST /api/…`. */
let asked: string[] = [];
beforeAll(async () => {
  world = await startCaseWorld();
  gateway = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const path = request.url as `/api/${string}`;
    const handler = path.includes('/signing/')
      ? world.signing
      : path.startsWith('/api/units') || path.startsWith('/api/me')
        ? world.directory
        : world.dispatches;
    const sub = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const caller: Caller | undefined = sub === OPERATOR.sub ? OPERATOR : { sub };
    const answer = await callApi(handler, caller, `${request.method as 'POST'} ${path}`, body);
    asked.push(`${request.method} ${path}`);
    const rewritten = path.endsWith('/prepare') && answer.status === 201;
    const said = rewritten ? rewrite(answer.body as PreparedSignature) : answer.body;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  api = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  gateway.close();
  await world.close();
});
beforeEach(() => {
  world.time.now = NOW;
  rewrite = (prepared) => prepared;
  asked = [];
});

const as = (caller: Caller) => ({ BA_KHONG_API: api, BA_KHONG_TOKEN: caller.sub });

test('the launcher runs on the Node that is there, and hands exit codes on', () => {
  const launcher = resolve(import.meta.dirname, '../../../cli/ba-khong.mjs');
  const help = spawnSync(process.execPath, [launcher, '--help'], { encoding: 'utf8' });
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toMatch(/ba-khong LỆNH[\s\S]*unit[\s\S]*A unit's seal/);
  expect(spawnSync(process.execPath, [launcher, 'no-such'], { encoding: 'utf8' }).status).toBe(2);
  const { bin } = JSON.parse(readFileSync(resolve(launcher, '../../package.json'), 'utf8'));
  expect(bin).toEqual({ 'ba-khong': 'cli/ba-khong.mjs' });
});

test.each([
  [[], 0],
  [['unit'], 2],
  [['unit', 'csr'], 2],
  [['unit', 'csr', 'H56.01', 'more'], 2],
  [['unit', 'csr', 'H56.01', '--token', 'secret'], 2],
  [['unit', 'csr', '--help'], 0],
  [['sign', '--case', 'PA-1'], 2],
  [['constructor'], 2],
] as const)('%j ends with %i', async (args, exit) => {
  expect((await runCli(args)).exit).toBe(exit);
});

test('an operator makes a key, gets the request, and installs the certificate', async () => {
  const path = join(folder, 'seal.csr');
  const made = await runCli(['unit', 'csr', HOANG_HOA, '--out', path, '--json'], as(OPERATOR));
  expect(made.exit).toBe(0);
  expect(JSON.parse(made.out)).toEqual({ unit: HOANG_HOA, spec: 'ECC_NIST_P256', csr: readFileSync(path, 'utf8') });
  const again = await runCli(['unit', 'csr', HOANG_HOA, '--out', path], as(OPERATOR));
  expect(again).toMatchObject({ exit: 1, told: expect.stringContaining('file_not_written') });

  const [der] = decodePem('CERTIFICATE REQUEST', readFileSync(path, 'utf8'));
  const spki = Buffer.from(readCertificationRequest(der as Uint8Array));
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const leaf = world.authority.issue({ subject: { commonName: 'Con dấu' }, publicKey, serial: 4711 });
  const pem = [leaf, world.authority.intermediate].map((item) => encodePem('CERTIFICATE', item)).join('');
  const installed = await runCli(['unit', 'certificate', HOANG_HOA, file('seal.pem', pem), '--json'], as(OPERATOR));
  expect(installed.exit).toBe(0);
  expect(JSON.parse(installed.out)).toMatchObject({ sha256: fingerprint(parseCertificate(leaf)) });

  const refused = await runCli(['unit', 'certificate', PROVINCE, join(folder, 'seal.pem'), '--json'], as(OPERATOR));
  expect(refused.exit).toBe(1);
  expect(JSON.parse(refused.out).problem).toMatchObject({
    code: 'certificate_key_mismatch',
    vi: expect.stringContaining('Chứng thư số'),
  });
  const citizen = await runCli(['unit', 'csr', HOANG_HOA, '--token-file', file('token', 'citizen-lan\n')], {
    BA_KHONG_API: api,
  });
  expect(citizen).toMatchObject({ exit: 1, out: '' });
});

test('without a service, a token or a file it says so', async () => {
  expect((await runCli(['unit', 'csr', HOANG_HOA, '--api', 'http://127.0.0.1:1'], { BA_KHONG_TOKEN: 'x' })).exit).toBe(
    3,
  );
  expect((await runCli(['unit', 'csr', HOANG_HOA, '--api', api])).told).toContain('token_missing');
  const lost = await runCli(['unit', 'certificate', HOANG_HOA, join(folder, 'none.pem'), '--api', api]);
  expect(lost).toMatchObject({ exit: 2, told: expect.stringContaining('file_unreadable') });
});

async function draft() {
  const pdf = samplePdf({ trailer: `/Salt (${salt++})` });
  const { documentId } = await world.upload(OFFICER, pdf, HOANG_HOA);
  const body = { unit: HOANG_HOA, type: 'cong-van', subject: 'Mời họp', documentId, recipients: [PROVINCE] };
  const made = await callApi<{ code: string; revision: number }>(
    world.dispatches,
    OFFICER,
    'POST /api/dispatches',
    body,
  );
  const { code, revision } = made.body;
  return { code, revision: `${revision}`, document: file('draft.pdf', pdf) };
}

async function stateOf(code: string) {
  await world.settle(code);
  return (await callApi<{ state: string }>(world.dispatches, OFFICER, `GET /api/dispatches/${code}`)).body.state;
}

test.skipIf(!OPENSSL)('a leader signs with a container of their own, exactly the file they have read', async () => {
  await giveOwnKey(world, LEADER);
  const facts = await world.signDeps.directory.signerOf({ kind: 'person', id: LEADER.sub as never }, NOW);
  const { privateKey } = keyPair('p256', LEADER.sub);
  const container = pkcs12({
    key: privateKey,
    certificates: [facts.certificate, ...facts.chain],
    password: 'mật khẩu',
  });
  const p12 = file('leader.p12', container);
  expect((await callApi(world.directory, LEADER, 'PUT /api/me/signature-image', png(60, 30))).status).toBe(200);
  const { code, revision, document } = await draft();
  const unseen = ['sign', '--case', code, '--p12', p12];
  const sign = (change: string[], typed?: string) =>
    runCli([...unseen, '--revision', revision, ...change], as(LEADER), typed);

  const shown = await runCli([...unseen, '--document', document], as(LEADER));
  expect(shown).toMatchObject({ exit: 1, told: expect.stringContaining('revision_missing') });
  for (const told of ['Mời họp', PROVINCE, `--revision ${revision}`]) expect(shown.told).toContain(told);
  const older = await runCli([...unseen, '--document', document, '--revision', '0'], as(LEADER), 'mật khẩu');
  expect(older).toMatchObject({ exit: 1, told: expect.stringContaining('document_changed') });
  expect((await runCli([...unseen, '--document', document, '--revision', 'x'], as(LEADER))).exit).toBe(2);

  expect((await sign(['--document', document], 'sai')).told).toContain('pkcs12_unreadable');
  expect((await sign(['--document', document])).told).toContain('secret_missing');
  const other = await sign(['--document', file('other.pdf', samplePdf())], 'mật khẩu');
  expect(other).toMatchObject({ exit: 1, told: expect.stringContaining('document_changed') });
  const done = await sign(['--document', document, '--password-file', file('password', 'mật khẩu\n'), '--json']);
  expect(done).toMatchObject({ exit: 0 });
  expect(JSON.parse(done.out)).toMatchObject({ case: code, state: 'approved' });
  expect(done.out + done.told).not.toContain('mật khẩu');
  expect(await stateOf(code)).toBe('signed');
  expect((await sign(['--document', document], 'mật khẩu')).told).toContain('invalid_state');
});

test.skipIf(!OPENSSL)('the key signs nothing on the word of the service', async () => {
  await giveOwnKey(world, LEADER, 'p256', { label: 'doubting', serial: 7 });
  const { certificate, chain, algorithm } = await world.signDeps.directory.signerOf(
    { kind: 'person', id: LEADER.sub as never },
    NOW,
  );
  const certificates = [certificate, ...chain];
  const container = pkcs12({ key: keyPair('p256', 'doubting').privateKey, certificates, password: 'mật khẩu' });
  const p12 = file('doubting.p12', container);
  const { code, revision, document } = await draft();
  const sign = () =>
    runCli(
      ['sign', '--case', code, '--document', document, '--revision', revision, '--p12', p12],
      as(LEADER),
      'mật khẩu',
    );

  const identity = { certificate, chain, algorithm };
  const digest = createHash('sha256').update('lệnh chi').digest();
  const attributesOf = (message: string) =>
    children(readWhole(Buffer.from(message, 'base64'), TAG.set), 10).map(({ bytes }) => bytes);
  const signingTime = encodeSequence(encodeOid('1.2.840.113549.1.9.5'), encodeSetOf([encodeTime(NOW)]));
  const another = world.authority.issue({ subject: { commonName: 'x' }, publicKey: keyPair('p256', 'x').publicKey });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const contentDigest = (message: string) => readMessage(Buffer.from(message, 'base64')).messageDigest!;
  const lies: Record<string, [told: string, (prepared: PreparedSignature) => Partial<PreparedSignature>]> = {
    'other bytes': ['digest', () => ({ message: base64(messageToSign(identity, digest)) })],
    'another certificate': [
      'another certificate',
      ({ message }) => {
        const named = { ...identity, certificate: another };
        return { message: base64(messageToSign(named, contentDigest(message))) };
      },
    ],
    'one attribute more': [
      '1.2.840.113549.1.9.5',
      ({ message }) => ({ message: base64(encodeSetOf([...attributesOf(message), signingTime])) }),
    ],
    'one attribute fewer': [
      'names another',
      ({ message }) => ({ message: base64(encodeSetOf(attributesOf(message).slice(0, 2))) }),
    ],
    'no attributes': ['not signed attributes', () => ({ message: base64(Buffer.from('{"amount":1000000}')) })],
    'a title that is not what is told': ['digest', ({ shown }) => ({ shown: { ...shown, title: ['THƯ KÝ'] } })],
    'another time': ['digest', () => ({ signingTime: '2026-03-08T08:15:00+07:00' })],
  };
  let prepared!: PreparedSignature;
  rewrite = (honest) => {
    prepared = honest;
    return { ...honest, ...lies['other bytes']![1](honest) };
  };
  expect(await sign()).toMatchObject({ exit: 1, told: expect.stringContaining('prepared_differently') });
  for (const [what, [told, lie]] of Object.entries(lies)) {
    const refused = messageFor(readFileSync(document), { ...prepared, ...lie(prepared) }, identity);
    await expect(refused, what).rejects.toMatchObject({
      code: 'prepared_differently',
      text: { en: expect.stringContaining(told) },
    });
  }
  rewrite = ({ shown: _, ...older }) => older;
  expect(await sign()).toMatchObject({ exit: 1, told: expect.stringContaining('service_answer') });
  expect(asked.filter((request) => request.endsWith('/complete'))).toEqual([]);

  rewrite = (prepared) => prepared;
  expect(await sign()).toMatchObject({ exit: 0, told: expect.stringContaining('CHỦ TỊCH') });
  expect(await stateOf(code)).toBe('signed');
});

test('a leader signs with a credential of a remote signing service', async () => {
  const { privateKey, publicKey } = keyPair('p256', 'remote');
  await giveOwnKey(world, LEADER, 'p256', { label: 'remote' });
  const facts = await world.signDeps.directory.signerOf({ kind: 'person', id: LEADER.sub as never }, NOW);
  const client = { id: 'cli', secret: 'bí mật', redirectUri: 'https://x.example' };
  const server = await startCscServer({
    now: () => NOW,
    client,
    credentials: {
      mine: { key: privateKey, certificates: [facts.certificate, ...facts.chain], pin: '1234' },
      another: { key: privateKey, certificates: [world.authority.issue({ subject: { commonName: 'x' }, publicKey })] },
    },
  });
  const { code, revision, document } = await draft();
  const sign = (credential: string, env = {}) =>
    runCli(
      [
        'sign',
        '--case',
        code,
        '--document',
        document,
        '--revision',
        revision,
        '--csc',
        server.baseUrl,
        '--csc-client',
        'cli',
        '--credential',
        credential,
      ],
      { ...as(LEADER), BA_KHONG_CSC_SECRET: client.secret, BA_KHONG_CSC_PIN: '1234', ...env },
    );
  expect(await sign('mine', { BA_KHONG_CSC_PIN: '1' })).toMatchObject({
    exit: 1,
    told: expect.stringContaining('remote_signing_refused'),
  });
  expect(await sign('mine', { BA_KHONG_CSC_SECRET: '1' })).toMatchObject({ exit: 3 });
  expect(await sign('another')).toMatchObject({ exit: 1, told: expect.stringContaining('certificate_key_mismatch') });
  expect(await sign('mine')).toMatchObject({ exit: 0 });
  expect(await stateOf(code)).toBe('signed');
  await server.close();
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { type AuthorityServer, startAuthority } from '../../../local/authority/server.ts';
import { certified } from '../../support/pki/development-authority.ts';
import { letterPdf } from '../../support/pki/signing.ts';
import { runCli } from '../../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'ba-khong-verify-'));
const at = (name: string) => join(folder, name);
const FILE = at('don.pdf');
const TRUST = ['--trust', at('ca.pem')];

let server: AuthorityServer;
let host: string;
beforeAll(async () => {
  server = await startAuthority({ dir: join(folder, 'authority'), clock: { now: () => Date.now() }, port: 0 });
  host = new URL(server.url).host;
  const { tail } = await signPdf(memorySource(letterPdf()), {
    signer: await certified(server.authority),
    signingTime: Date.now(),
  });
  writeFileSync(FILE, Buffer.concat([letterPdf(), tail]));
  writeFileSync(at('ca.pem'), encodePem('CERTIFICATE', server.authority.rootCertificate));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function verify(...args: string[]) {
  const { exit, out } = await runCli(['verify', ...args, '--json']);
  return { exit, verdict: JSON.parse(out) };
}
const codesIn = (verdict: { signatures: { reasons: { code: string }[] }[] }) =>
  verdict.signatures.flatMap(({ reasons }) => reasons.map(({ code }) => code));

test('asks nobody of its own accord: whether the certificate was revoked is not known, and that is doubt: 2', async () => {
  const { exit, verdict } = await verify(FILE, ...TRUST);
  expect([exit, codesIn(verdict)]).toEqual([2, ['revocation_unknown', 'revocation_unknown']]);
  expect((await verify(FILE, ...TRUST, '--allow-host', 'elsewhere.example')).exit).toBe(2);
});

test('asks the host that is named: 0; and the same again later, from the answers in the report alone', async () => {
  const { exit, verdict } = await verify(FILE, ...TRUST, '--allow-host', host);
  expect([exit, verdict.status]).toEqual([0, 'TOTAL_PASSED']);
  expect(verdict.material.ocsps).toHaveLength(1);
  writeFileSync(at('report.json'), JSON.stringify(verdict));
  const again = await verify(FILE, ...TRUST, '--repeat', at('report.json'));
  expect([again.exit, again.verdict.validatedAt]).toEqual([0, verdict.validatedAt]);
  expect(again.verdict.signatures[0].revocation[0].answer).toMatchObject({
    source: 'given',
    sha256: verdict.signatures[0].revocation[0].answer.sha256,
  });
});

test('takes revocation lists in DER and in PEM', async () => {
  const lists = await Promise.all(['root', 'issuing'].map(async (name) => fetch(`${server.url}/${name}.crl`)));
  const [root, issuing] = await Promise.all(lists.map(async (list) => new Uint8Array(await list.arrayBuffer())));
  writeFileSync(at('root.crl'), root!);
  writeFileSync(at('issuing.pem'), encodePem('X509 CRL', issuing!));
  const known = ['--revocation', at('root.crl'), '--revocation', at('issuing.pem')];
  expect((await verify(FILE, ...TRUST, ...known)).exit).toBe(0);
});

test('judges as at the time that is asked for', async () => {
  const { exit, verdict } = await verify(FILE, ...TRUST, '--allow-host', host, '--at', '2020-01-01T00:00:00+07:00');
  expect([exit, verdict.validatedAt]).toEqual([2, '2019-12-31T17:00:00.000Z']);
  expect(codesIn(verdict)).toContain('certificate_not_valid_then');
});

test('1 for a file that was changed, 2 for one that nobody vouches for or nobody signed', async () => {
  const bytes = readFileSync(FILE);
  bytes[100]! ^= 1;
  writeFileSync(at('forged.pdf'), bytes);
  expect(await verify(at('forged.pdf'), ...TRUST)).toMatchObject({ exit: 1, verdict: { status: 'TOTAL_FAILED' } });
  expect((await verify(FILE)).exit).toBe(2);
  writeFileSync(at('plain.pdf'), letterPdf());
  const { exit, out } = await runCli(['verify', at('plain.pdf'), ...TRUST]);
  expect([exit, out]).toEqual([2, expect.stringContaining('no_signature')]);
});

test.each([
  ['--at', 'yesterday'],
  ['--repeat', FILE],
  ['--revocation', FILE],
  ['--trust', at('none.pem')],
])('2 for %s that says nothing', async (option, value) => {
  expect((await runCli(['verify', FILE, option, value])).exit).toBe(2);
});

test('for people: at a glance, then who, since when, and what was relied on', async () => {
  const { out } = await runCli(['verify', FILE, ...TRUST, '--allow-host', host]);
  expect(out).toMatch(/^TOTAL_PASSED {2}Hợp lệ \| Valid/);
  expect(out).toContain('Thu hồi | Revocation: good  ocsp');
  expect(out).toContain('Tin cậy | Trusted: ');
});

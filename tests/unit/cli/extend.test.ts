import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { trustedCertificates } from '../../../lib/signatures/levels/trusted-certificates.ts';
import { signPdf } from '../../../lib/signatures/sign-pdf.ts';
import { type AuthorityServer, startAuthority } from '../../../local/authority/server.ts';
import { rsaContainer, runProcess } from '../../support/cli.ts';
import { certified } from '../../support/pki/development-authority.ts';
import { letterPdf } from '../../support/pki/signing.ts';
import { runCli } from '../../support/terminal.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'ba-khong-extend-'));
const at = (name: string) => join(folder, name);
const ours = mkdtempSync(join(tmpdir(), 'ba-khong-ca-'));
const nowhere = 'http://127.0.0.1:9/timestamp';

let server: AuthorityServer;
let signed: Buffer;
beforeAll(async () => {
  server = await startAuthority({ dir: ours, clock: { now: () => Date.now() }, port: 0 });
  signed = await withSignature(letterPdf());
});
afterAll(async () => {
  await server.close();
  for (const one of [folder, ours]) rmSync(one, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(at('ca.pem'), encodePem('CERTIFICATE', server.authority.rootCertificate));
  writeFileSync(at('don.pdf'), signed);
});

/** Signed at B-B by somebody whom the development authority certified. */
async function withSignature(bytes: Uint8Array): Promise<Buffer> {
  const signer = await certified(server.authority);
  const { tail } = await signPdf(memorySource(bytes), { signer, signingTime: Date.now() });
  return Buffer.concat([bytes, tail]);
}

const options = (...args: string[]) => ['--trust', at('ca.pem'), '--json', ...args];
const extend = (file: string, ...args: string[]) =>
  runCli(['extend', at(file), ...options('--tsa', `${server.url}/timestamp`, ...args)]);

async function levelsOf(file: string) {
  const trust = [{ certificate: server.authority.rootCertificate, from: 0, until: null }];
  return (await readLevels(memorySource(readFileSync(at(file))), { trust, now: Date.now() })).map(({ level }) => level);
}

/** That the result begins with the very bytes. */
function appendedTo(before: string, after: string): number {
  const [a, b] = [readFileSync(at(before)), readFileSync(at(after))];
  expect(b.subarray(0, a.length).equals(a)).toBe(true);
  return b.length - a.length;
}

describe('a signed file', () => {
  test('is raised to B-LTA beside the original, and then renewed, as a process; verify passes both', async () => {
    const tsa = ['--tsa', nowhere, '--tsa', `${server.url}/timestamp`];
    const first = await runProcess(['extend', at('don.pdf'), ...options(...tsa)]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({
      file: at('don.pdf'),
      out: at('don-extended.pdf'),
      bytes: readFileSync(at('don-extended.pdf')).length,
      level: 'B-LTA',
      renewed: false,
      provenUntil: expect.stringMatching(/\+07:00$/),
    });
    expect(appendedTo('don.pdf', 'don-extended.pdf')).toBeGreaterThan(0);
    expect(readFileSync(at('don.pdf')).equals(signed)).toBe(true);
    expect(await levelsOf('don-extended.pdf')).toEqual(['B-LTA']);

    const again = await extend('don-extended.pdf', '--out', at('renewed.pdf'));
    expect(JSON.parse(again.out)).toMatchObject({ level: 'B-LTA', renewed: true });
    expect(appendedTo('don-extended.pdf', 'renewed.pdf')).toBeGreaterThan(0);
    for (const file of ['don-extended.pdf', 'renewed.pdf'])
      expect((await runCli(['verify', at(file), '--trust', at('ca.pem')])).exit).toBe(0);
  });

  test('goes level by level; what is there already is not added again', async () => {
    for (const [level, name] of [
      ['t', 'B-T'],
      ['lt', 'B-LT'],
    ] as const) {
      const { exit, out } = await extend('don.pdf', '--level', level, '--out', at('next.pdf'), '--force');
      expect([exit, JSON.parse(out)]).toMatchObject([0, { level: name, renewed: false }]);
      expect(await levelsOf('next.pdf')).toEqual([name]);
      writeFileSync(at('don.pdf'), readFileSync(at('next.pdf')));
    }
    rmSync(at('next.pdf'));
    const { exit, out } = await extend('don.pdf', '--level', 't', '--out', at('next.pdf'));
    expect([exit, JSON.parse(out)]).toMatchObject([1, { problem: { code: 'level_reached' } }]);
    expect(readdirSync(folder)).not.toContain('next.pdf');
  });

  test('has all its signatures raised, whoever made them', async () => {
    writeFileSync(at('don.pdf'), await withSignature(signed));
    expect((await extend('don.pdf', '--level', 'lt')).exit).toBe(0);
    expect(await levelsOf('don-extended.pdf')).toEqual(['B-LT', 'B-LT']);
  });

  test('people are told in words', async () => {
    const args = ['--tsa', `${server.url}/timestamp`, '--trust', at('ca.pem'), '--level', 't'];
    const { exit, out, told } = await runCli(['extend', at('don.pdf'), ...args]);
    expect([exit, out.trim()]).toEqual([0, at('don-extended.pdf')]);
    expect(told).toMatch(/Đã nâng mức \| extended: PAdES B-T[\s\S]*SHA-256 [0-9a-f]{64}/);
  });
});

describe('nothing is written', () => {
  const untouched = () => expect(readdirSync(folder).sort()).toEqual(['ca.pem', 'don.pdf']);

  test('when nobody answers: 3, to be tried again', async () => {
    const { exit, out } = await runCli(['extend', at('don.pdf'), ...options('--tsa', nowhere)]);
    expect([exit, JSON.parse(out)]).toMatchObject([3, { problem: { code: 'timestamp_unavailable' } }]);
    untouched();
  });

  test.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ['document_unsigned', () => letterPdf()],
    ['pdf_broken', () => Buffer.from('no PDF')],
    [
      'signature_not_valid',
      () => {
        const forged = Buffer.from(signed);
        forged[100]! ^= 1;
        return forged;
      },
    ],
  ])('%s', async (code, bytes) => {
    writeFileSync(at('don.pdf'), await bytes());
    const { exit, out } = await extend('don.pdf');
    expect([exit, JSON.parse(out)]).toMatchObject([1, { problem: { code } }]);
    untouched();
  });

  test('for a signature that leads to no root of ours; what its certificate says of hosts is not believed', async () => {
    const stranger = rsaContainer('x');
    writeFileSync(at('other.p12'), stranger.container);
    const sign = ['sign', at('don.pdf'), '--p12', at('other.p12'), '--out', at('two.pdf')];
    expect((await runCli(sign, { BA_KHONG_PASSWORD: 'x' })).exit).toBe(0);
    const { exit, out } = await extend('two.pdf', '--level', 'lt');
    expect([exit, JSON.parse(out)]).toMatchObject([1, { problem: { code: 'certificate_untrusted' } }]);
    const trusting = (...roots: Uint8Array[]) => {
      const trust = roots.map((certificate) => ({ certificate, from: 0, until: null }));
      return trustedCertificates(memorySource(readFileSync(at('two.pdf'))), { trust, now: Date.now() });
    };
    const theirs = await trusting(stranger.root);
    expect(theirs.length).toBeGreaterThan(0);
    const own = await trusting(server.authority.rootCertificate);
    expect(await trusting(server.authority.rootCertificate, stranger.root)).toHaveLength(own.length + theirs.length);
    expect(readdirSync(folder)).not.toContain('two-extended.pdf');
  });

  test('over another file without --force, and never over the original', async () => {
    writeFileSync(at('don-extended.pdf'), 'earlier');
    const { exit, out } = await extend('don.pdf');
    expect([exit, JSON.parse(out)]).toMatchObject([1, { problem: { code: 'file_exists' } }]);
    expect(readFileSync(at('don-extended.pdf'), 'utf8')).toBe('earlier');
    expect((await extend('don.pdf', '--force', '--out', at('don.pdf'))).exit).toBe(2);
    expect(readFileSync(at('don.pdf')).equals(signed)).toBe(true);
  });

  test.each([[['--level', 'b']], [['--level', 'x']], [['--tsa', 'x']], [['--p12', 'x']]])(
    'a command line that is not understood: %j',
    async (args) => {
      const { exit, told } = await extend('don.pdf', ...args);
      expect(exit).toBe(2);
      expect(told).toContain('ba-khong extend FILE');
      untouched();
    },
  );

  test('without a timestamp service or roots', async () => {
    expect((await runCli(['extend', at('don.pdf'), '--trust', at('ca.pem')])).exit).toBe(2);
    expect((await runCli(['extend', at('don.pdf'), '--tsa', `${server.url}/timestamp`])).exit).toBe(2);
    expect((await extend('nothing.pdf')).exit).toBe(2);
    untouched();
  });
});

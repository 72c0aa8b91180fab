import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { fileState, writeAppended } from '../../../cli/sign/write-appended.ts';
import { memorySource } from '../../../lib/pdf/byte-source.ts';
import { openPdf } from '../../../lib/pdf/document.ts';
import { signatureFields } from '../../../lib/pdf/signature-permissions.ts';
import { placeOfSignature } from '../../../lib/pdf/signature-place.ts';
import { encodePem } from '../../../lib/pki/pem.ts';
import { readLevels } from '../../../lib/signatures/levels/read-levels.ts';
import { verifyPdf } from '../../../lib/signatures/validation/verify-pdf.ts';
import { type AuthorityServer, startAuthority } from '../../../local/authority/server.ts';
import { rsaContainer, runProcess } from '../../support/cli.ts';
import { keyPair } from '../../support/pki/authority.ts';
import { certified } from '../../support/pki/development-authority.ts';
import { OPENSSL, pkcs12 } from '../../support/pki/pkcs12.ts';
import { letterPdf } from '../../support/pki/signing.ts';
import { runCli } from '../../support/terminal.ts';
import { png } from '../pdf/png.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';
import { shownText } from '../pdf/shown-text.ts';
import { turnedPage } from '../pdf/turned-page.ts';

vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'ba-khong-cli-'));
const at = (name: string) => join(folder, name);
const env = { BA_KHONG_PASSWORD: 'mật khẩu' };
const { container, root, list } = rsaContainer(env.BA_KHONG_PASSWORD);
const original = letterPdf();

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  createFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function createFolder(): void {
  mkdirSync(folder);
  writeFileSync(at('key.p12'), container);
  writeFileSync(at('don.pdf'), original);
  writeFileSync(at('roots.pem'), encodePem('CERTIFICATE', root));
}

const sign = (...args: string[]) => runCli(['sign', at('don.pdf'), '--p12', at('key.p12'), ...args], env);
const signedFields = async (file: string) => signatureFields(await openPdf(memorySource(readFileSync(at(file)))));

async function statusOf(file: string): Promise<string> {
  const trust = [{ certificate: root, from: 0, until: null }];
  const material = { certificates: [], ocsps: [], lists: [list] };
  return (await verifyPdf(memorySource(readFileSync(at(file))), { trust, material, at: Date.now() })).status;
}

describe('as a process', () => {
  test('signs beside the original, which stays, and verify says so with exit code 0', async () => {
    const signed = await runProcess(['sign', at('don.pdf'), '--p12', at('key.p12'), '--json'], { env });
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    const file = readFileSync(at('don-signed.pdf'));
    expect(JSON.parse(signed.stdout)).toMatchObject({ out: at('don-signed.pdf'), bytes: file.length, level: 'B-B' });
    expect(file.subarray(0, original.length).equals(original)).toBe(true);
    expect(readFileSync(at('don.pdf')).equals(original)).toBe(true);
    writeFileSync(at('list.crl'), list);
    const known = ['--trust', at('roots.pem'), '--revocation', at('list.crl')];
    const verified = await runProcess(['verify', at('don-signed.pdf'), ...known, '--json']);
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ status: 'TOTAL_PASSED' });
  });

  test('asks for a password, and says which other ways there are when nobody can answer', async () => {
    const { code, stderr } = await runProcess(['sign', at('don.pdf'), '--p12', at('key.p12')]);
    expect(code).toBe(2);
    expect(stderr).toContain('--password-file');
  });

  /** Ends the process at the moment before the file gets its name. */
  const endAt = (call: 'link' | 'rename', signal: string) => `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    fs.${call} = () => new Promise(() => { process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000); });
    syncBuiltinESMExports();`;
  const run = (preload: string, ...args: string[]) =>
    runProcess(['sign', at('don.pdf'), '--p12', at('key.p12'), ...args], { env, preload });

  test('killed before the move, it leaves no file under the name', async () => {
    expect(await run(endAt('link', 'SIGKILL'))).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(folder)).not.toContain('don-signed.pdf');
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toHaveLength(1);
    expect((await sign()).exit).toBe(0);
  });

  test('killed while replacing, it leaves the earlier file as it was', async () => {
    writeFileSync(at('don-signed.pdf'), 'earlier');
    expect(await run(endAt('rename', 'SIGKILL'), '--force')).toMatchObject({ signal: 'SIGKILL' });
    expect(readFileSync(at('don-signed.pdf'), 'utf8')).toBe('earlier');
  });

  test('asked to end, it takes its partial file along', async () => {
    expect(await run(endAt('link', 'SIGTERM'))).toMatchObject({ signal: 'SIGTERM' });
    expect(readdirSync(folder).sort()).toEqual(['don.pdf', 'key.p12', 'roots.pem']);
  });
});

describe('the signed file', () => {
  test('is not written over another without --force, and never over the original', async () => {
    writeFileSync(at('don-signed.pdf'), 'earlier');
    const refused = await sign('--json');
    expect(refused.exit).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ problem: { code: 'file_exists' } });
    expect(readFileSync(at('don-signed.pdf'), 'utf8')).toBe('earlier');
    expect((await sign('--force')).exit).toBe(0);
    expect(await statusOf('don-signed.pdf')).toBe('TOTAL_PASSED');
    symlinkSync(at('don.pdf'), at('link.pdf'));
    linkSync(at('don.pdf'), at('hard.pdf'));
    for (const name of ['don.pdf', 'link.pdf', 'hard.pdf'])
      expect((await sign('--force', '--out', at(name))).exit).toBe(2);
    expect(readFileSync(at('don.pdf')).equals(original)).toBe(true);
  });

  test('is not made of a file that changes meanwhile', async () => {
    const asRead = await fileState(at('don.pdf'));
    writeFileSync(at('don.pdf'), letterPdf('stream'));
    const write = writeAppended({
      file: at('don.pdf'),
      asRead,
      tail: Uint8Array.of(1),
      out: at('o.pdf'),
      force: false,
    });
    await expect(write).rejects.toMatchObject({ code: 'file_changed' });
    expect(readdirSync(folder).sort()).toEqual(['don.pdf', 'key.p12', 'roots.pem']);
  });

  test('says reason and place, certified, locked, with another hash and PSS', async () => {
    const options = ['--certify', '2', '--lock', 'include:Signature9', '--hash', 'sha384', '--pss', '--json'];
    const { exit, out } = await sign('--reason', 'Phê duyệt', '--location', 'Hoằng Hóa', ...options);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ algorithm: { scheme: 'rsa-pss', hash: 'sha384' }, visible: null });
    expect(await statusOf('don-signed.pdf')).toBe('TOTAL_PASSED');
    const again = await runCli(
      [
        'sign',
        at('don-signed.pdf'),
        '--p12',
        at('key.p12'),
        '--field',
        'Signature9',
        '--place',
        '1,9,9,90,40',
        '--json',
      ],
      env,
    );
    expect(JSON.parse(again.out)).toMatchObject({ problem: { code: 'pdf_field_locked' } });
  });

  test('shows the signature beneath a text, with title and name', async () => {
    writeFileSync(at('don.pdf'), turnedPage(90, [{ text: 'Người ký', x: 300, y: 400 }]));
    writeFileSync(at('sig.png'), png(40, 20));
    const { out } = await sign(
      '--anchor',
      'Người ký'.normalize('NFD'),
      '--title',
      'CHỦ TỊCH',
      '--image',
      at('sig.png'),
      '--json',
    );
    const { box } = (JSON.parse(out) as { visible: { box: { x: number; y: number; height: number } } }).visible;
    expect(box.y + box.height).toBeLessThan(400);
    expect(box.y + box.height).toBeGreaterThan(385);
    const text = await shownText(readFileSync(at('don-signed.pdf')));
    expect(text.join('\n')).toContain('CHỦ TỊCH');
    expect(text.join('\n')).toContain('Lê Thị Hạnh');
  });

  test('fills a field where it stands', async () => {
    const field = '<< /FT /Sig /T (ky) /Subtype /Widget /Rect [10 20 110 70] >>';
    writeFileSync(
      at('don.pdf'),
      samplePdf({ catalog: '/AcroForm << /Fields [4 0 R] >>', page: '/Annots [4 0 R]', extra: [field] }),
    );
    expect((await sign('--field', 'ky')).exit).toBe(0);
    const fields = await signedFields('don-signed.pdf');
    expect(fields).toHaveLength(1);
    expect(fields[0]?.dict.has('AP')).toBe(true);
    expect(await statusOf('don-signed.pdf')).toBe('TOTAL_PASSED');
    expect((await sign('--field', 'khac', '--force', '--json')).out).toContain('pdf_field_unknown');
  });

  test('by box: pages count from 1, and -1 is the last', async () => {
    for (const page of ['1', '-1']) {
      expect((await sign('--place', `${page},30,40,120,60`, '--look', 'agency', '--force')).exit).toBe(0);
      const [field] = await signedFields('don-signed.pdf');
      const document = await openPdf(memorySource(readFileSync(at('don-signed.pdf'))));
      expect(field && (await placeOfSignature(document, field))).toEqual({
        page: 0,
        box: { x: 30, y: 40, width: 120, height: 60 },
      });
    }
  });
});

describe('is refused, with nothing written', () => {
  const encrypted = samplePdf({ trailer: '/Encrypt << /Filter /Standard >>' });
  test.each<[string, string[], Uint8Array?]>([
    ['pdf_placement', ['--place', '1,500,40,120,60']],
    ['pdf_placement', ['--place', '2,5,40,120,60']],
    ['pdf_anchor_not_found', ['--anchor', 'không có']],
    ['pdf_encrypted', [], encrypted],
    ['pdf_broken', [], Buffer.from('no PDF')],
    ['pdf_xfa', [], samplePdf({ catalog: '/AcroForm << /Fields [] /XFA (x) >>' })],
    ['image_broken', ['--image', 'key.p12']],
  ])('%s %j', async (code, args, bytes) => {
    if (bytes) writeFileSync(at('don.pdf'), bytes);
    const before = readFileSync(at('don.pdf'));
    const result = await sign('--json', ...args.map((arg) => (arg === 'key.p12' ? at(arg) : arg)));
    expect(JSON.parse(result.out)).toMatchObject({ problem: { code } });
    expect(result.exit).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['don.pdf', 'key.p12', 'roots.pem']);
    expect(readFileSync(at('don.pdf')).equals(before)).toBe(true);
  });

  test('a wrong password, from whichever place', async () => {
    writeFileSync(at('password'), 'mật khẩu\n');
    const args = ['sign', at('don.pdf'), '--p12', at('key.p12'), '--json'];
    expect((await runCli(args, { BA_KHONG_PASSWORD: 'sai' })).out).toContain('pkcs12_unreadable');
    expect((await runCli([...args, '--password-file', at('password')], { BA_KHONG_PASSWORD: 'sai' })).exit).toBe(0);
  });

  test.each([
    [['--place', '0,1,1,1,1']],
    [['--place', '1,1,1,1']],
    [['--place', '1,1,1,1,1', '--anchor', 'x']],
    [['--certify', '4']],
    [['--lock', 'only:a']],
    [['--hash', 'md5']],
    [['--look', 'nice']],
    [['--occurrence', '2']],
    [['--password', 'x']],
  ])('a command line that is not understood: %j', async (args) => {
    const { exit, told } = await sign(...args);
    expect(exit).toBe(2);
    expect(told).toContain('ba-khong sign FILE');
  });

  test('a file that cannot be read', async () => {
    const { exit, out } = await runCli(['sign', at('nothing.pdf'), '--p12', at('key.p12'), '--json'], env);
    expect(exit).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ problem: { code: 'file_unreadable' } });
  });
});

describe('above B-B', () => {
  const clock = { now: () => Date.now() };
  let server: AuthorityServer;
  beforeAll(async () => {
    server = await startAuthority({ dir: mkdtempSync(join(tmpdir(), 'ba-khong-ca-')), clock, port: 0 });
  });
  afterAll(() => server.close());

  async function signAt(...args: string[]) {
    const signer = await certified(server.authority);
    const { privateKey } = keyPair('p256', 'signer');
    const own = pkcs12({ key: privateKey, certificates: [signer.certificate, ...signer.chain], password: 'x' });
    writeFileSync(at('own.p12'), own);
    writeFileSync(at('ca.pem'), encodePem('CERTIFICATE', server.authority.rootCertificate));
    const options = ['--p12', at('own.p12'), '--trust', at('ca.pem'), '--json', ...args];
    return runCli(['sign', at('don.pdf'), ...options], { BA_KHONG_PASSWORD: 'x' });
  }
  const nowhere = 'http://127.0.0.1:9/timestamp';

  test.skipIf(!OPENSSL)('B-LTA, by the second timestamp service when the first does not answer', async () => {
    const { exit, out } = await signAt('--level', 'lta', '--tsa', nowhere, '--tsa', `${server.url}/timestamp`);
    expect([exit, JSON.parse(out)]).toMatchObject([0, { level: 'B-LTA' }]);
    const trust = [{ certificate: server.authority.rootCertificate, from: 0, until: null }];
    const levels = await readLevels(memorySource(readFileSync(at('don-signed.pdf'))), { trust, now: Date.now() });
    expect(levels).toMatchObject([{ level: 'B-LTA' }]);
    expect((await runCli(['verify', at('don-signed.pdf'), '--trust', at('ca.pem')])).exit).toBe(0);
  });

  test.skipIf(!OPENSSL)('is not written at a lower level when nobody answers: 3, to be tried again', async () => {
    const { exit, out } = await signAt('--level', 't', '--tsa', nowhere);
    expect([exit, JSON.parse(out)]).toMatchObject([3, { problem: { code: 'timestamp_unavailable' } }]);
    expect(readdirSync(folder)).not.toContain('don-signed.pdf');
  });

  test('needs a service and roots', async () => {
    expect((await sign('--level', 'lt')).exit).toBe(2);
    expect((await sign('--level', 'lt', '--tsa', 'x', '--trust', at('roots.pem'))).exit).toBe(2);
  });
});

test('verify --extract writes the file as a signature covers it, and what was hashed; never over another file', async () => {
  await sign();
  const first = readFileSync(at('don-signed.pdf'));
  await runCli(['sign', at('don-signed.pdf'), '--p12', at('key.p12'), '--out', at('twice.pdf')], env);
  writeFileSync(at('list.crl'), list);
  const known = ['--trust', at('roots.pem'), '--revocation', at('list.crl')];
  const verify = (...args: string[]) => runCli(['verify', at('twice.pdf'), ...known, ...args]);
  const extract = (...args: string[]) => verify('--extract', 'Signature1', '--out', at('then.pdf'), ...args);

  const { exit, out } = await extract();
  expect(exit).toBe(0);
  expect(out).toContain('+ Đã ký vào ô ký “Signature2”. | A signature field was signed (“Signature2”).');
  expect(readFileSync(at('then.pdf')).equals(first)).toBe(true);
  expect(await extract()).toMatchObject({ exit: 1, told: expect.stringContaining('file_exists') });
  expect((await extract('--hashed', '--force')).exit).toBe(0);
  const [, start, end] = /ByteRange *\[ *0 (\d+) (\d+)/.exec(first.toString('latin1'))!.map(Number);
  const hashed = Buffer.concat([first.subarray(0, start), first.subarray(end)]);
  expect(readFileSync(at('then.pdf')).equals(hashed)).toBe(true);

  expect((await verify('--extract', 'Nobody', '--out', at('x.pdf'))).told).toContain('field_unknown');
  expect((await verify('--extract', 'Signature1')).exit).toBe(2);
  expect((await verify('--extract', 'Signature1', '--out', at('twice.pdf'), '--force')).exit).toBe(2);
  writeFileSync(
    at('bad.pdf'),
    first.toString('latin1').replace(/\/ByteRange ?\[ ?0/, (found) => found.replace('0', '1')),
    'latin1',
  );
  const refused = await runCli(['verify', at('bad.pdf'), '--extract', 'Signature1', '--out', at('x.pdf')]);
  expect(refused).toMatchObject({ exit: 1, told: expect.stringContaining('revision_unknown') });
  expect(readdirSync(folder)).not.toContain('x.pdf');
});

test('help stands in both languages', async () => {
  for (const command of ['sign', 'extend', 'verify']) {
    const { exit, out } = await runCli([command, '--help']);
    expect(exit).toBe(0);
    expect(out).toMatch(/trên máy này/);
    expect(out).toMatch(/on this machine/);
  }
});

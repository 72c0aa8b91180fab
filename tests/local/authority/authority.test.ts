import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificationRequest } from 'pkijs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../lib/pki/certificate.ts';
import { createRevocationClient } from '../../../lib/pki/revocation-client.ts';
import { createTimestampClient } from '../../../lib/pki/timestamp-client.ts';
import { createHttpClient } from '../../../lib/platform/http-client.ts';
import { acceptsSignature } from '../../../lib/signatures/validation/algorithm-policy.ts';
import { type Authority, createAuthority, type SubjectPart } from '../../../local/authority/authority.ts';
import { toPem } from '../../../local/authority/pem.ts';
import { type AuthorityServer, startAuthority } from '../../../local/authority/server.ts';
import { distinguishedName } from '../../../local/authority/subject.ts';

const NOW = Date.UTC(2026, 2, 9, 1, 15);
const SUBJECT: readonly SubjectPart[] = [
  { type: 'C', value: 'VN' },
  { type: 'O', value: 'Ủy ban nhân dân xã Đông Tiến' },
  { type: 'CN', value: 'Nguyễn Thị Ánh' },
];

let dir: string;
let server: AuthorityServer;
let authority: Authority;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'authority-'));
  server = await startAuthority({ dir: join(dir, 'ca'), clock: { now: () => NOW }, port: 0 });
  authority = server.authority;
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

async function request(
  algorithm: typeof P256 | typeof RSA = P256,
  subject = SUBJECT,
): Promise<Uint8Array<ArrayBuffer>> {
  const pair = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const csr = new CertificationRequest();
  csr.subject = distinguishedName(subject);
  await csr.subjectPublicKeyInfo.importKey(pair.publicKey);
  await csr.sign(pair.privateKey, 'SHA-256');
  return new Uint8Array(csr.toSchema(true).toBER());
}

const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// Where there is no openssl, the tests that ask it for a second opinion say so; Node's own checks remain.
const noOpenssl = (() => {
  try {
    openssl('version');
    return false;
  } catch {
    return true;
  }
})();

describe('issuing', () => {
  test.skipIf(noOpenssl).each([
    ['P-256', P256],
    ['RSA-2048', RSA],
  ])('a certificate for %s stands in a chain that openssl accepts to the root', async (_name, algorithm) => {
    const issued = await authority.issue({ csr: await request(algorithm), profile: 'person', days: 365 });
    const paths = await Promise.all(
      Object.entries({ leaf: issued.certificate, issuing: issued.chain[0]!, root: authority.rootCertificate }).map(
        async ([name, der]) => {
          const path = join(dir, `${name}.pem`);
          await writeFile(path, toPem('CERTIFICATE', der));
          return path;
        },
      ),
    );
    const [leaf, issuing, root] = paths as [string, string, string];
    const checks = ['-x509_strict', '-check_ss_sig', '-attime', String(NOW / 1000)];
    expect(openssl('verify', ...checks, '-CAfile', root, '-untrusted', issuing, leaf)).toContain('OK');
  });

  test.skipIf(noOpenssl)(
    'it carries the name in UTF-8, the usages of its profile, and where to look further',
    async () => {
      const { certificate } = await authority.issue({ csr: await request(), profile: 'agency', days: 30 });
      const path = join(dir, 'agency.pem');
      await writeFile(path, toPem('CERTIFICATE', certificate));
      const text = openssl('x509', '-in', path, '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus');
      expect(text).toContain('Ủy ban nhân dân xã Đông Tiến');
      expect(text).toContain('CN=Nguyễn Thị Ánh');
      expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Non Repudiation/);
      expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
      expect(text).toContain(`CA Issuers - URI:${server.url}/issuing.cer`);
      expect(text).toContain(`URI:${server.url}/issuing.crl`);
      expect(text).toContain('Authority Key Identifier');
      const x509 = new X509Certificate(certificate);
      expect(Date.parse(x509.validTo)).toBe(NOW + 30 * 86_400_000);
      expect(Date.parse(x509.validFrom)).toBe(NOW - 300_000);
      expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.36']);
    },
  );

  test('another subject may be given, and serial numbers differ', async () => {
    const csr = await request();
    const subject = [{ type: 'CN', value: 'Văn phòng' }] as const;
    const [one, two] = await Promise.all(
      [1, 2].map(() => authority.issue({ csr, subject, profile: 'agency', days: 1 })),
    );
    expect(new X509Certificate(one!.certificate).subject).toBe('CN=Văn phòng');
    expect(new X509Certificate(one!.certificate).serialNumber).not.toBe(
      new X509Certificate(two!.certificate).serialNumber,
    );
  });
});

describe('refusing', () => {
  const issue = (csr: Uint8Array, days = 1) => authority.issue({ csr, profile: 'person', days });

  test('a request that is not signed by the key that it asks for', async () => {
    const csr = await request();
    csr[csr.length - 1]! ^= 1;
    await expect(issue(csr)).rejects.toMatchObject({ code: 'WrongSignature' });
  });

  test('a name that was changed after the request was signed', async () => {
    const csr = Buffer.from(await request());
    csr[csr.indexOf('Nguy')] = 'T'.charCodeAt(0);
    await expect(issue(csr)).rejects.toMatchObject({ code: 'WrongSignature' });
  });

  test('weak keys', async () => {
    await expect(issue(await request({ ...RSA, modulusLength: 1024 }))).rejects.toMatchObject({ code: 'WeakKey' });
  });

  test('what is no request, names nobody, or outlives the authority', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const noRequest = publicKey.export({ format: 'der', type: 'spki' });
    await expect(issue(noRequest)).rejects.toMatchObject({ code: 'MalformedRequest' });
    await expect(issue(Buffer.from('hello'))).rejects.toMatchObject({ code: 'MalformedRequest' });
    await expect(issue(await request(P256, []))).rejects.toMatchObject({ code: 'NoSubject' });
    await expect(issue(await request(), 20 * 365)).rejects.toMatchObject({ code: 'BadValidity' });
    await expect(issue(await request(), Number.NaN)).rejects.toMatchObject({ code: 'BadValidity' });
  });
});

describe('over HTTP', () => {
  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    type = 'application/pkcs10',
    query = '?profile=person&days=90',
  ) => fetch(`${server.url}/certificates${query}`, { method: 'POST', headers: { 'content-type': type }, body });

  test('a PEM or DER request is answered with a PEM chain without the root', async () => {
    const der = await request();
    for (const body of [der, toPem('CERTIFICATE REQUEST', der)]) {
      const response = await post(body);
      expect(response.status).toBe(201);
      const pems = (await response.text()).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)!;
      const [leaf, issuing] = pems.map((pem) => new X509Certificate(pem));
      expect(pems).toHaveLength(2);
      expect(leaf!.checkIssued(issuing!)).toBe(true);
    }
  });

  test('bad requests say what is wrong', async () => {
    expect((await post('x', 'text/plain')).status).toBe(415);
    expect((await post('x', 'application/pkcs10', '?profile=king')).status).toBe(400);
    expect((await post(new Uint8Array(20_000))).status).toBe(413);
    const response = await post('x');
    expect([response.status, await response.text()]).toEqual([400, 'MalformedRequest: This is not a PKCS#10 request.']);
    expect((await fetch(`${server.url}/keys`)).status).toBe(404);
  });

  test('the addresses in certificates answer: issuers and revocation lists', async () => {
    const root = new X509Certificate(await bytes('root.cer'));
    const issuing = new X509Certificate(await bytes('issuing.cer'));
    expect(issuing.checkIssued(root)).toBe(true);
    expect(issuing.verify(root.publicKey)).toBe(true);
  });

  test.skipIf(noOpenssl)('the lists are signed by their issuers and name nobody yet', async () => {
    for (const name of ['root', 'issuing']) {
      const [crl, ca] = [join(dir, `${name}.crl`), join(dir, `${name}-ca.pem`)];
      await writeFile(crl, await bytes(`${name}.crl`));
      await writeFile(ca, toPem('CERTIFICATE', await bytes(`${name}.cer`)));
      const text = openssl('crl', '-inform', 'DER', '-in', crl, '-CAfile', ca, '-noout', '-text', '-nameopt', 'utf8');
      expect(text).toContain('No Revoked Certificates');
    }
  });

  async function bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await fetch(`${server.url}/${path}`)).arrayBuffer());
  }
});

describe('what is asked about its certificates', () => {
  test.skipIf(noOpenssl)(
    'OCSP and the list know what was revoked, timestamps are signed by a service of its own',
    async () => {
      const { certificate, chain } = await authority.issue({ csr: await request(), profile: 'person', days: 30 });
      const file = (name: string) => join(dir, name);
      await writeFile(file('asked.pem'), toPem('CERTIFICATE', certificate));
      await writeFile(file('issuer.pem'), toPem('CERTIFICATE', chain[0]!));
      await writeFile(file('anchor.pem'), toPem('CERTIFICATE', authority.rootCertificate));
      const trust = ['-CAfile', file('anchor.pem')];
      const ask = async () => {
        openssl(
          'ocsp',
          '-issuer',
          file('issuer.pem'),
          '-cert',
          file('asked.pem'),
          '-no_nonce',
          '-reqout',
          file('ocsp.req'),
        );
        const answered = await post('ocsp', 'application/ocsp-request', await readFile(file('ocsp.req')));
        await writeFile(file('ocsp.res'), Buffer.from(await answered.arrayBuffer()));
        const reply = ['-respin', file('ocsp.res'), '-issuer', file('issuer.pem'), '-cert', file('asked.pem')];
        return openssl(
          'ocsp',
          ...reply,
          ...trust,
          '-verify_other',
          file('issuer.pem'),
          '-attime',
          String(NOW / 1000),
          '-no_nonce',
          '-validity_period',
          '1000000000',
        );
      };
      expect(await ask()).toContain('asked.pem: good');
      expect((await post('revocations?reason=1', 'application/pkix-cert', certificate)).status).toBe(201);
      expect(await ask()).toMatch(/asked.pem: revoked[\s\S]*keyCompromise/);
      const again = await createAuthority({ dir: join(dir, 'ca'), clock: { now: () => NOW }, baseUrl: server.url });
      await writeFile(file('list.crl'), await again.revocationList('issuing'));
      const serial = new X509Certificate(certificate).serialNumber;
      expect(openssl('crl', '-inform', 'DER', '-in', file('list.crl'), '-noout', '-text')).toContain(serial);

      await writeFile(file('data'), 'tờ trình');
      openssl('ts', '-query', '-data', file('data'), '-sha256', '-cert', '-out', file('ts.req'));
      const stamped = await post('timestamp', 'application/timestamp-query', await readFile(file('ts.req')));
      await writeFile(file('ts.res'), Buffer.from(await stamped.arrayBuffer()));
      const verify = ['ts', '-verify', '-in', file('ts.res'), '-queryfile', file('ts.req'), ...trust];
      expect(() => openssl(...verify, '-untrusted', file('issuer.pem'), '-attime', String(NOW / 1000))).not.toThrow();
    },
  );

  test('the product’s own clients get their answers over HTTP, and none where private addresses are refused', async () => {
    const { certificate, chain } = await authority.issue({ csr: await request(), profile: 'person', days: 30 });
    const trust = [{ certificate: authority.rootCertificate, from: 0, until: null }];
    const clients = (allowPrivateAddresses: boolean) => {
      const settings = { allowedHosts: [new URL(server.url).host], allowPrivateAddresses, timeLimit: 20_000 };
      const send = createHttpClient(settings);
      const asking = { accepts: acceptsSignature, random: randomBytes, attempts: 1, wait: async () => {} };
      const deps = { ...asking, send, trust, now: () => NOW };
      const timestamps = createTimestampClient([{ url: `${server.url}/timestamp`, largestToken: 4096 }], deps);
      return { timestamps, revocation: createRevocationClient(deps) };
    };
    const pair = { certificate: parseCertificate(certificate), issuer: parseCertificate(chain[0]!) };
    const digest = createHash('sha256').digest();
    const open = clients(true);
    expect(await open.revocation.ask(pair, NOW)).toMatchObject({ kind: 'ocsp', state: { status: 'good' } });
    expect(await open.revocation.issuersOf(pair.certificate)).toHaveLength(1);
    expect((await open.timestamps.stamp(digest)).length).toBeLessThan(4096);
    const shut = clients(false);
    await expect(shut.timestamps.stamp(digest)).rejects.toMatchObject({ code: 'timestamp_unavailable' });
    await expect(shut.revocation.ask(pair, NOW)).rejects.toMatchObject({ code: 'revocation_unavailable' });
  });

  test('faults are switched on and off, and only known ones', async () => {
    const switched = (query: string) => fetch(`${server.url}/faults?${query}`, { method: 'PUT' });
    expect((await switched('service=timestamp&fault=down')).status).toBe(200);
    expect((await post('timestamp', 'application/timestamp-query', new Uint8Array())).status).toBe(503);
    expect((await switched('service=timestamp')).status).toBe(200);
    expect((await post('timestamp', 'application/timestamp-query', new Uint8Array())).status).toBe(200);
    expect((await switched('service=weather&fault=down')).status).toBe(400);
    expect((await switched('service=crl&fault=tired')).status).toBe(400);
    expect((await post('timestamp', 'text/plain', new Uint8Array())).status).toBe(415);
    expect((await post('revocations', 'application/pkix-cert', new Uint8Array([1]))).status).toBe(400);
  });

  test('the timestamp service gets a new certificate before the old one ends', async () => {
    let now = NOW;
    const own = await createAuthority({ dir: join(dir, 'later'), clock: { now: () => now }, baseUrl: server.url });
    const keyOf = async () => {
      await own.timestamp(new Uint8Array());
      return readFile(join(dir, 'later/timestamps.cer.pem'), 'utf8');
    };
    const first = await keyOf();
    now += 365 * 86_400_000;
    expect(await keyOf()).toBe(first);
    now += 2 * 365 * 86_400_000;
    expect(await keyOf()).not.toBe(first);
  });

  const post = (path: string, type: string, body: Uint8Array) =>
    fetch(`${server.url}/${path}`, { method: 'POST', headers: { 'content-type': type }, body: Uint8Array.from(body) });
});

test('keys are private files, and the authority is the same after a restart', async () => {
  const files = (await readdir(join(dir, 'ca'))).filter((file) => file.endsWith('.pem')).sort();
  expect(files).toEqual(
    ['issuing', 'responder', 'root', 'timestamps'].flatMap((one) => [`${one}.cer.pem`, `${one}.key.pem`]),
  );
  for (const file of files) expect((await stat(join(dir, 'ca', file))).mode & 0o777).toBe(0o600);
  const elsewhere = { clock: { now: () => NOW + 1000 }, baseUrl: 'http://127.0.0.1:1/authority' };
  const again = await createAuthority({ dir: join(dir, 'ca'), ...elsewhere });
  expect(again.rootCertificate).toEqual(authority.rootCertificate);
  // What it issues now names the address that its own certificate names: both stay true together.
  expect(again.baseUrl).toBe(server.url);
  const { certificate } = await again.issue({ csr: await request(), profile: 'person', days: 1 });
  const issuing = new X509Certificate(await readFile(join(dir, 'ca/issuing.cer.pem')));
  expect(new X509Certificate(certificate).verify(issuing.publicKey)).toBe(true);
  expect(new X509Certificate(certificate).infoAccess).toContain(`${server.url}/ocsp`);
});

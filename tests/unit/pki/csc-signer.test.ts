import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SigningAlgorithm } from '../../../lib/pki/algorithms.ts';
import { CscClient, type HashToSign } from '../../../lib/pki/csc/csc-client.ts';
import { createCscSigner, openCscSigner } from '../../../lib/pki/csc/csc-signer.ts';
import type { HttpPort } from '../../../lib/pki/csc/http-port.ts';
import { createServiceClient } from '../../../lib/platform/http-client.ts';
import { type CscCredential, startCscServer } from '../../support/csc-server.ts';
import { createAuthority, type KeyKind, keyPair, NOW } from '../../support/pki/authority.ts';
import { letterPdf, signed, signedData, verify } from '../../support/pki/signing.ts';

const authority = createAuthority();
const client = { id: 'ba-khong', secret: 'rất bí mật', redirectUri: 'https://ba-khong.example/remote' };
const PIN = '739-104-ba';
let now = NOW;

const credential = (kind: KeyKind, change: Partial<CscCredential> = {}): CscCredential => {
  const { privateKey, publicKey } = keyPair(kind, 'remote');
  const subject = { countryName: 'VN', commonName: 'Con dấu từ xa' };
  return {
    key: privateKey,
    certificates: [authority.issue({ subject, publicKey }), authority.intermediate],
    ...change,
  };
};
const credentials: Record<string, CscCredential> = {
  rsa: credential('rsa'),
  'rsa-bare': credential('rsa', { algo: ['1.2.840.113549.1.1.1'] }),
  p256: credential('p256'),
  p384: credential('p384'),
  'with-pin': credential('p256', { pin: PIN }),
  disabled: credential('p256', { status: 'disabled' }),
  revoked: credential('p256', { certStatus: 'revoked' }),
  persons: credential('p256', { mode: 'oauth2code' }),
  'wrong-certificate': { ...credential('p256'), key: keyPair('p256', 'another').privateKey },
};

let server: Awaited<ReturnType<typeof startCscServer>>;
beforeAll(async () => {
  server = await startCscServer({ now: () => now, client, credentials });
});
afterAll(() => server.close());
beforeEach(() => {
  now = NOW;
  server.heard.length = 0;
  server.faults.length = 0;
});

let pauses = 0;
const deps = { http: createServiceClient(5000), now: () => now, pause: async () => void pauses++ };
const open = (change: Partial<ConstructorParameters<typeof CscClient>[0]> = {}, http: HttpPort = deps.http) =>
  new CscClient(
    { baseUrl: server.baseUrl, clientId: client.id, clientSecret: async () => client.secret, ...change },
    { ...deps, http },
  );
const digest = createHash('sha256').update('văn bản').digest();
const sign = (id: string, of = open(), pin?: string) =>
  openCscSigner({
    client: of,
    credentialId: id,
    ...(pin ? { authData: async () => [{ id: 'PIN', value: pin }] } : {}),
  }).then((signer) => signedData(signer, createHash(signer.algorithm.hash).update('văn bản').digest()));
const paths = () => server.heard.map(({ path }) => path.replace('/csc/v2/', ''));
const toSign = (change: Partial<HashToSign> = {}): HashToSign => ({
  credentialId: 'p256',
  hash: digest,
  hashAlgorithmOid: '2.16.840.1.101.3.4.2.1',
  signAlgorithmOid: '1.2.840.10045.4.3.2',
  ...change,
});

describe('a credential of a remote signing service', () => {
  test.each(['rsa', 'rsa-bare', 'p256', 'p384'])('%s signs a document that is then valid', async (credentialId) => {
    const signer = await openCscSigner({ client: open(), credentialId });
    const verdict = await verify(await signed(letterPdf(), { signer }));
    expect(verdict.status).toBe('TOTAL_PASSED');
    expect(verdict.signatures[0]?.signer?.name).toBe('Con dấu từ xa');
  });

  test.each<SigningAlgorithm>([
    { scheme: 'rsa-pkcs1', hash: 'sha512' },
    { scheme: 'rsa-pss', hash: 'sha256' },
    { scheme: 'rsa-pss', hash: 'sha384' },
  ])('signs with %o where it is asked to', async (algorithm) => {
    const { certificates } = credentials.rsa as CscCredential;
    const [certificate, ...chain] = certificates as [Uint8Array, Uint8Array];
    const signer = createCscSigner({ client: open(), credentialId: 'rsa', algorithm, certificate, chain });
    expect((await verify(await signed(letterPdf(), { signer }))).status).toBe('TOTAL_PASSED');
  });

  test('is asked in order, each hash authorized by itself, with one token for all', async () => {
    const of = open();
    await sign('p256', of);
    await sign('p256', of);
    const once = ['credentials/info', 'credentials/info', 'credentials/authorize', 'signatures/signHash'];
    expect(paths()).toEqual(['info', '/oauth2/token', ...once, ...once]);
    const [authorized, signedFor] = server.heard.filter(({ path }) => /authorize|signHash/.test(path));
    expect(authorized?.body).toMatchObject({ numSignatures: 1, hashAlgorithmOID: '2.16.840.1.101.3.4.2.1' });
    expect(signedFor?.body.hashes).toEqual(authorized?.body.hashes);
    expect(await of.credentialIds()).toEqual(Object.keys(credentials));
  });

  test('takes a new token when the old one has run out, or was withdrawn', async () => {
    const of = open();
    await of.credentialIds();
    now += 271_000;
    await of.credentialIds();
    server.forgetTokens();
    await of.credentialIds();
    const list = 'credentials/list';
    expect(paths()).toEqual(['info', '/oauth2/token', list, '/oauth2/token', list, list, '/oauth2/token', list]);
  });

  test('is activated with what it asks for, a PIN for one', async () => {
    await expect(sign('with-pin', open(), PIN)).resolves.toBeInstanceOf(Uint8Array);
    await expect(sign('with-pin', open(), '0000')).rejects.toMatchObject({
      code: 'remote_signing_refused',
      detail: 'CSC credentials/authorize: invalid_pin',
    });
    // A wrong PIN is not tried again: the service counts.
    expect(paths().filter((path) => path === 'credentials/authorize')).toHaveLength(2);
  });

  test('of another key than the certificate’s is found out before anything is made of it', async () => {
    await expect(sign('wrong-certificate')).rejects.toMatchObject({ code: 'certificate_key_mismatch' });
  });

  test.each([
    ['disabled', 'CSC: the credential is disabled'],
    ['revoked', 'CSC: the certificate is revoked'],
    ['persons', 'CSC: the credential is activated by its person'],
    ['unknown', 'CSC credentials/info: invalid_request'],
  ])('that is %s does not sign', async (id, detail) => {
    const code = id === 'unknown' ? 'signing_key_unavailable' : 'remote_signing_refused';
    await expect(sign(id)).rejects.toMatchObject({ code, detail });
    expect(paths()).not.toContain('signatures/signHash');
  });

  test('does not sign with an algorithm that it does not have', async () => {
    const { certificates } = credentials['rsa-bare'] as CscCredential;
    const algorithm = { scheme: 'rsa-pss', hash: 'sha256' } as const;
    const signer = createCscSigner({
      client: open(),
      credentialId: 'rsa-bare',
      algorithm,
      certificate: certificates[0] as Uint8Array,
      chain: [],
    });
    await expect(signer.sign(digest, digest)).rejects.toMatchObject({ code: 'remote_signing_refused' });
  });
});

describe('activation data', () => {
  const refused = { code: 'remote_signing_refused', detail: 'CSC signatures/signHash: invalid_request' };

  test('is good for its hash, its credential and once', async () => {
    const of = open();
    const sad = await of.authorize(toSign(), []);
    const otherHash = toSign({ hash: createHash('sha256').update('khác').digest() });
    await expect(of.signHash(otherHash, { sad })).rejects.toMatchObject(refused);
    await expect(of.signHash(toSign({ credentialId: 'with-pin' }), { sad })).rejects.toMatchObject(refused);
    await expect(of.signHash(toSign(), { sad: 'made up' })).rejects.toMatchObject(refused);
    await expect(of.signHash(toSign(), { sad })).resolves.toBeInstanceOf(Uint8Array);
    await expect(of.signHash(toSign(), { sad })).rejects.toMatchObject(refused);
  });

  test('runs out', async () => {
    const of = open();
    const sad = await of.authorize(toSign(), []);
    now += 121_000;
    await expect(of.signHash(toSign(), { sad })).rejects.toMatchObject(refused);
  });
});

describe('a credential that its person activates', () => {
  async function person(of: CscClient, to: HashToSign, change: object = {}) {
    const verifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(verifier).digest('base64url');
    const { redirectUri } = client;
    const { code, state } = server.agree(await of.authorizationUrl(to, { redirectUri, state: 's-1', codeChallenge }));
    expect(state).toBe('s-1');
    return of.credentialToken({ code, redirectUri, codeVerifier: verifier, ...change });
  }

  test('signs the hash that the person saw, once', async () => {
    const of = open();
    const signer = await openCscSigner({ client: of, credentialId: 'persons' }, (to) => person(of, to));
    const content = createHash('sha256').update('văn bản').digest();
    await expect(signedData(signer, content)).resolves.toBeInstanceOf(Uint8Array);

    const to = toSign({ credentialId: 'persons' });
    const credentialToken = await person(of, to);
    const other = toSign({ credentialId: 'persons', hash: createHash('sha256').update('khác').digest() });
    await expect(of.signHash(other, { credentialToken })).rejects.toMatchObject({ code: 'remote_signing_refused' });
    await expect(of.signHash(to, { credentialToken })).resolves.toBeInstanceOf(Uint8Array);
    await expect(of.signHash(to, { credentialToken })).rejects.toMatchObject({ code: 'signing_key_unavailable' });
  });

  test('is not activated by a code without its verifier', async () => {
    const of = open();
    await expect(person(of, toSign({ credentialId: 'persons' }), { codeVerifier: 'guessed' })).rejects.toMatchObject({
      code: 'remote_signing_refused',
      detail: 'CSC oauth2/token: invalid_grant',
    });
  });
});

describe('a service that does not do as it should', () => {
  const info = '/csc/v2/credentials/info';
  const hash = '/csc/v2/signatures/signHash';

  test.each([
    ['breaks off', { drop: true }],
    ['is busy', { status: 429 }],
    ['has an error', { status: 503 }],
  ])('%s: questions are asked twice, signatures once', async (_, fault) => {
    server.faults.push({ path: info, ...fault });
    pauses = 0;
    await expect(sign('p256')).resolves.toBeInstanceOf(Uint8Array);
    expect(pauses).toBe(1);

    server.heard.length = 0;
    server.faults.push({ path: hash, ...fault });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'signing_key_unavailable' });
    expect(paths().filter((path) => path === 'signatures/signHash')).toHaveLength(1);

    server.faults.push({ path: info, ...fault }, { path: info, ...fault });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'signing_key_unavailable' });
  });

  test('that signed and was not heard is not asked for the same again', async () => {
    server.faults.push({ path: hash, drop: true, after: true });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'signing_key_unavailable' });
    // Whoever tries again starts over, with an authorization of its own.
    await expect(sign('p256')).resolves.toBeInstanceOf(Uint8Array);
  });

  test.each([
    ['is no JSON', '<html>'],
    ['lacks the signature', '{"signatures":[]}'],
    ['has two signatures', '{"signatures":["AAAA","AAAA"]}'],
    ['is of another form', '{"responseID":"later"}'],
  ])('whose answer %s is broken', async (_, body) => {
    server.faults.push({ path: hash, status: 200, body });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'remote_signing_broken' });
  });

  test('that sends elsewhere, or too much, is not followed', async () => {
    server.faults.push({ path: hash, status: 307 });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'signing_key_unavailable' });
    server.faults.push({ path: hash, status: 200, body: `{"signatures":["${'A'.repeat(300_000)}"]}` });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'signing_key_unavailable' });
  });

  test('gets the secret only where the settings say', async () => {
    const answer = { specs: '2.0.0.2', name: 'x', authType: [], methods: [], oauth2: 'https://elsewhere.example' };
    server.faults.push({ path: '/csc/v2/info', status: 200, body: JSON.stringify(answer) });
    await expect(sign('p256')).rejects.toMatchObject({ code: 'remote_signing_broken' });
    expect(paths()).not.toContain('/oauth2/token');
  });

  test('that does not know us is for the operator to mend', async () => {
    const of = open({ clientSecret: async () => 'wrong' });
    await expect(sign('p256', of)).rejects.toMatchObject({
      code: 'signing_key_unavailable',
      detail: 'CSC oauth2/token: invalid_client',
    });
  });
});

test('no secret, token, PIN or activation data is in an error, nor to be seen in a client or signer', async () => {
  const secrets = new Set<string>([client.secret, PIN]);
  const http: HttpPort = async (request) => {
    const answer = await deps.http(request);
    const json = JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>;
    for (const name of ['access_token', 'SAD']) if (typeof json[name] === 'string') secrets.add(json[name]);
    return answer;
  };
  const of = open({}, http);
  const shown: string[] = [];
  const look = (value: unknown) =>
    void shown.push(inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value) ?? '');
  await sign('with-pin', of, PIN);
  look(of);
  look(await openCscSigner({ client: of, credentialId: 'p256' }));
  for (const path of ['/csc/v2/credentials/info', '/csc/v2/credentials/authorize', '/csc/v2/signatures/signHash']) {
    server.faults.push({ path, drop: true }, { path, drop: true });
    await sign('with-pin', of, PIN).catch(look);
    server.faults.length = 0;
    server.faults.push({
      path,
      status: 400,
      body: JSON.stringify({ error: 'invalid_request', error_description: PIN }),
    });
    await sign('with-pin', of, PIN).catch(look);
  }
  expect(secrets.size).toBeGreaterThan(4);
  for (const secret of secrets) expect(shown.join('\n')).not.toContain(secret);
});

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DemoAccount } from '../../../local/identity/account.ts';
import { createIdentity, type Identity, type IdentityOptions } from '../../../local/identity/identity.ts';
import { signIn } from '../../../local/identity/sign-in.ts';

const ACCOUNTS: readonly DemoAccount[] = [
  { sub: 'citizen-1', name: 'Lê Thị <Hoa>', email: 'hoa@example.vn', assurance: 'loa2', section: 'Công dân' },
  {
    sub: 'operator-1',
    name: 'Phạm Văn Hành',
    email: 'hanh@example.vn',
    emailVerified: false,
    groups: ['operator', 'staff'],
    description: 'Vận hành',
  },
];
const CLIENT = {
  clientId: 'client',
  callbackUrls: ['https://portal.example/in', 'http://localhost:1/in'],
  logoutUrls: [],
};
const REDIRECT = 'http://localhost:5173/in';

let stateDir: string;
let identity: Identity;
const errors: Error[] = [];
const printed = ['log', 'info', 'warn', 'error'].map((name) => vi.spyOn(console, name as 'log'));

const start = (options: Partial<IdentityOptions> = {}) =>
  createIdentity({
    port: 0,
    accounts: ACCOUNTS,
    clients: [CLIENT],
    stateDir,
    clock: { now: () => Date.now() },
    onError: (error) => errors.push(error),
    ...options,
  });

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'identity-'));
  identity = await start();
});
afterEach(() => {
  expect(errors).toEqual([]);
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});
afterAll(async () => {
  await identity.close();
  await rm(stateDir, { recursive: true, force: true });
});

const signInAs = (account: string, redirectUri = REDIRECT) =>
  signIn({ issuer: identity.issuer, clientId: 'client', redirectUri, account });

const json = async (response: Response) => (await response.json()) as Record<string, string>;

describe('tokens', () => {
  test('an ID token verifies with the published key and carries the claims of a user pool', async () => {
    const { idToken, expiresAt } = await signInAs('citizen-1');
    const { jwks_uri } = await json(await fetch(`${identity.issuer}/.well-known/openid-configuration`));
    const { payload, protectedHeader } = await jwtVerify(idToken, createRemoteJWKSet(new URL(jwks_uri!)), {
      issuer: identity.issuer,
      audience: 'client',
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: 'citizen-1',
      name: 'Lê Thị <Hoa>',
      email: 'hoa@example.vn',
      email_verified: true,
      acr: 'loa2',
      'custom:acr': 'loa2',
      token_use: 'id',
    });
    expect(payload).not.toHaveProperty('cognito:groups');
    expect(payload.exp! - payload.iat!).toBe(3600);
    expect(expiresAt).toBe(payload.exp! * 1000);
  });

  test('groups are a list, and an address that is not verified says so', async () => {
    const claims = decodeJwt((await signInAs('operator-1')).idToken);
    expect(claims['cognito:groups']).toEqual(['operator', 'staff']);
    expect(claims.email_verified).toBe(false);
  });

  test('an access token is a JWT that says it is one', async () => {
    const claims = decodeJwt((await signInAs('citizen-1')).accessToken);
    expect(claims).toMatchObject({ token_use: 'access', client_id: 'client', sub: 'citizen-1', username: 'citizen-1' });
    expect(claims.aud).toBe('client');
  });

  test('a refresh token gives a new ID token with the same claims', async () => {
    const { refreshToken } = await signInAs('operator-1');
    const response = await fetch(`${identity.issuer}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'client', refresh_token: refreshToken! }),
    });
    const { id_token } = await json(response);
    expect(decodeJwt(id_token!)).toMatchObject({
      sub: 'operator-1',
      token_use: 'id',
      'cognito:groups': ['operator', 'staff'],
    });
  });

  test('on a clock that was moved forward tokens live an hour from there', async () => {
    const ahead = await start({ clock: { now: () => Date.now() + 5 * 86_400_000 } });
    try {
      const options = { clientId: 'client', redirectUri: REDIRECT, account: 'citizen-1' };
      const { expiresAt } = await signIn({ issuer: ahead.issuer, ...options });
      expect(expiresAt - (Date.now() + 5 * 86_400_000)).toBeGreaterThan(3_590_000);
    } finally {
      await ahead.close();
    }
  });
});

describe('refusals', () => {
  test('PKCE is required', async () => {
    const query = new URLSearchParams({
      client_id: 'client',
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid',
    });
    const response = await fetch(`${identity.issuer}/oauth2/authorize?${query}`, { redirect: 'manual' });
    expect(response.headers.get('location')).toContain('error=invalid_request');
  });

  test('an address that is not the client’s is never redirected to', async () => {
    await expect(signInAs('citizen-1', 'https://evil.example/in')).rejects.toThrow(/redirect_uri/);
  });

  test('an unknown client is refused', async () => {
    const unknown = { issuer: identity.issuer, clientId: 'other', redirectUri: REDIRECT, account: 'citizen-1' };
    await expect(signIn(unknown)).rejects.toThrow(/client/);
  });

  test('someone who is not on the page cannot be chosen', async () => {
    await expect(signInAs('nobody')).rejects.toThrow(/Không có người này/);
  });

  test('the sign-in form is worth nothing in another browser', async () => {
    const query = new URLSearchParams({
      client_id: 'client',
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const started = await fetch(`${identity.issuer}/oauth2/authorize?${query}`, { redirect: 'manual' });
    const form = new URL(started.headers.get('location')!, identity.issuer);
    const stolen = await fetch(form, { method: 'POST', body: new URLSearchParams({ account: 'operator-1' }) });
    expect(stolen.status).toBe(400);
  });
});

test('the page lists everyone, with names escaped, and allows no script', async () => {
  const query = new URLSearchParams({
    client_id: 'client',
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const started = await fetch(`${identity.issuer}/oauth2/authorize?${query}`, { redirect: 'manual' });
  const cookie = started.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const page = await fetch(new URL(started.headers.get('location')!, identity.issuer), { headers: { cookie } });
  const html = await page.text();
  expect(html).toContain('<html lang="vi">');
  expect(html).toContain('Lê Thị &lt;Hoa&gt;');
  expect(html).toContain('<h2>Công dân</h2>');
  expect(html).not.toContain('<script');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('keys are kept private and survive a restart', async () => {
  const file = join(stateDir, 'identity.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await readFile(file, 'utf8');
  const again = await start();
  await again.close();
  expect(await readFile(file, 'utf8')).toBe(before);
});

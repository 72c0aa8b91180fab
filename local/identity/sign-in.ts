import { createHash, randomBytes } from 'node:crypto';

export interface SignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Must be one of the client's callback addresses; it is never called. */
  readonly redirectUri: string;
  /** `sub` of the account to be. */
  readonly account: string;
}

export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** When the ID token ends, milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Signs in as a browser would: authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636), cookies and the form of the
 * sign-in page included.
 * @throws Error that says which step failed
 */
export async function signIn({ issuer, clientId, redirectUri, account }: SignInOptions): Promise<Tokens> {
  const { authorization_endpoint, token_endpoint } = await discover(issuer);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const request = new URL(authorization_endpoint);
  request.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const browser = new Browser(redirectUri);
  const page = await browser.open(request);
  const answer = page.done ?? (await browser.submit(page.action, { account })).done;
  if (!answer) throw new Error('Sign-in did not lead back to the client.');
  if (answer.get('state') !== state) throw new Error('Sign-in came back with another state.');
  const code = answer.get('code');
  if (!code) throw new Error(`Sign-in was refused: ${answer.get('error_description') ?? answer.get('error')}`);
  return redeem(token_endpoint, {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  });
}

interface Page {
  /** Parameters at the redirect address, once it is reached. */
  readonly done: URLSearchParams | undefined;
  /** Where the page's form posts to. */
  readonly action: URL;
}

/** Follows redirects and keeps cookies, for a single host. */
class Browser {
  readonly #redirectUri: string;
  readonly #cookies = new Map<string, string>();

  constructor(redirectUri: string) {
    this.#redirectUri = redirectUri;
  }

  async open(url: URL, init: RequestInit = {}): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const location = response.headers.get('location');
    const body = await response.text();
    if (location === null) return { done: undefined, action: formAction(body, url, response.status) };
    const next = new URL(location, url);
    if (`${next.origin}${next.pathname}` === this.#redirectUri) return { done: next.searchParams, action: next };
    return this.open(next);
  }

  submit(action: URL, fields: Record<string, string>): Promise<Page> {
    return this.open(action, { method: 'POST', body: new URLSearchParams(fields) });
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function formAction(html: string, base: URL, status: number): URL {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  if (status !== 200 || action === undefined) {
    const text = /<h1>(.*?)<\/h1>\s*<p>(.*?)<\/p>/s.exec(html);
    throw new Error(
      `The sign-in page did not come (${status}): ${text ? `${text[1]}: ${text[2]}` : html.slice(0, 200)}`,
    );
  }
  return new URL(action, base);
}

async function discover(issuer: string): Promise<{ authorization_endpoint: string; token_endpoint: string }> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`The issuer does not answer (${response.status}).`);
  return (await response.json()) as { authorization_endpoint: string; token_endpoint: string };
}

async function redeem(endpoint: string, form: Record<string, string>): Promise<Tokens> {
  const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await response.json()) as Record<string, string | undefined>;
  const { id_token, access_token, refresh_token } = body;
  if (!response.ok || !id_token || !access_token) {
    throw new Error(`The code was not redeemed: ${body.error_description ?? body.error}`);
  }
  const { exp } = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  return { idToken: id_token, accessToken: access_token, refreshToken: refresh_token, expiresAt: exp * 1000 };
}

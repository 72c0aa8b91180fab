import Provider, { type Context, interactionPolicy } from 'oidc-provider';
import { CLAIMS_BY_SCOPE, claimsOf, type DemoAccount } from './account.ts';
import { createAdapterFactory } from './adapter.ts';
import type { IdentityKeys } from './keys.ts';
import { messagePage, pageHeaders, signOutPage } from './pages.ts';

/** A client of the user pool, as its `AWS::Cognito::UserPoolClient` in the template describes it. */
export interface IdentityClient {
  readonly clientId: string;
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
}

export interface ProviderOptions {
  readonly issuer: string;
  readonly accounts: ReadonlyMap<string, DemoAccount>;
  readonly clients: readonly IdentityClient[];
  readonly keys: IdentityKeys;
  readonly now: () => number;
}

/** Path under which a person chooses who to be. */
export const SIGN_IN_PATH = '/sign-in/';

const SCOPE = 'openid profile email';
const HOUR = 3600;

/** An OpenID provider that answers as a Cognito user pool does: same endpoints, same claims, RS256, code with PKCE. */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, accounts, clients, keys, now } = options;
  // The provider reads the machine's clock; on the laptop's clock its tokens must live just as long.
  const lifetime = (seconds: number) => () => seconds + Math.max(0, Math.ceil((now() - Date.now()) / 1000));
  return new Provider(issuer, {
    adapter: createAdapterFactory(now),
    clients: clients.map(clientMetadata),
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookies], short: { path: '/' } },
    claims: CLAIMS_BY_SCOPE,
    scopes: ['openid', 'profile', 'email'],
    acrValues: [...new Set([...accounts.values()].flatMap(({ assurance }) => assurance ?? []))],
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      userinfo: '/oauth2/userInfo',
      revocation: '/oauth2/revoke',
      jwks: '/.well-known/jwks.json',
      end_session: '/logout',
    },
    async findAccount(_context: Context, sub: string) {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: async () => claimsOf(account) };
    },
    interactions: {
      url: (_context: Context, { uid }: { uid: string }) => SIGN_IN_PATH + uid,
      policy: withoutConsent(),
    },
    loadExistingGrant: (context: Context) => grantFor(context, issuer),
    issueRefreshToken: async () => true,
    clientBasedCORS: (_context: Context, origin: string) => clients.some((client) => originsOf(client).has(origin)),
    renderError,
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async () => true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
      resourceIndicators: jwtAccessTokens(issuer),
    },
    formats: { customizers: { jwt: asCognitoAccessToken } },
    ttl: {
      AccessToken: lifetime(HOUR),
      IdToken: lifetime(HOUR),
      AuthorizationCode: lifetime(60),
      RefreshToken: lifetime(12 * HOUR),
      Interaction: lifetime(HOUR),
      Session: lifetime(12 * HOUR),
      Grant: lifetime(12 * HOUR),
    },
  });
}

/** A public client; addresses on the own machine may then have any port (RFC 8252 §7.3). */
function clientMetadata({ clientId, callbackUrls, logoutUrls }: IdentityClient): object {
  const onThisMachine = callbackUrls.some((url) => url.startsWith('http://'));
  return {
    client_id: clientId,
    redirect_uris: callbackUrls,
    post_logout_redirect_uris: logoutUrls,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: onThisMachine ? 'native' : 'web',
  };
}

function originsOf({ callbackUrls }: IdentityClient): Set<string> {
  return new Set(callbackUrls.map((url) => new URL(url).origin));
}

/** A user pool does not ask its own clients' users for consent. */
function withoutConsent(): object {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}

async function grantFor({ oidc }: Context, resource: string) {
  const { clientId } = oidc.client;
  const known = oidc.session.grantIdFor(clientId);
  if (known) return oidc.provider.Grant.find(known);
  const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(SCOPE);
  grant.addResourceScope(resource, SCOPE);
  await grant.save();
  return grant;
}

function jwtAccessTokens(issuer: string): object {
  return {
    enabled: true,
    defaultResource: () => issuer,
    useGrantedResource: () => true,
    getResourceServerInfo: () => ({ scope: SCOPE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
  };
}

/**
 * Access tokens of a user pool say what they are. They name no audience, and API Gateway then takes their client for it;
 * here the provider insists on an audience, so it is the client.
 */
function asCognitoAccessToken(
  _context: unknown,
  { clientId }: { clientId: string },
  { payload }: { payload: Record<string, unknown> },
): void {
  Object.assign(payload, { aud: clientId, token_use: 'access', username: payload.sub });
}

function renderError(context: Context, out: { error: string; error_description?: string }): void {
  show(context, messagePage('Không đăng nhập được', out.error_description ?? out.error));
}

async function logoutSource(context: Context, form: string): Promise<void> {
  show(context, signOutPage(form));
}

async function postLogoutSuccessSource(context: Context): Promise<void> {
  show(context, messagePage('Đã đăng xuất', 'Bạn có thể đóng trang này.'));
}

function show(context: Context, html: string): void {
  for (const [name, value] of Object.entries(pageHeaders())) context.set(name, value);
  context.type = 'html';
  context.body = html;
}

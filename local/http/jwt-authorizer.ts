import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';

/** Claims as they reach the function: every value is a string. */
export type JwtClaims = Readonly<Record<string, string>>;

export interface JwtSettings {
  readonly issuer: string;
  /** Accepted in `aud`, or else in `client_id`. */
  readonly audience: readonly string[];
}

export type Authorization =
  | { readonly ok: true; readonly claims: JwtClaims; readonly scopes: readonly string[] }
  | { readonly ok: false; readonly error: string };

/** API Gateway accepts RSA signatures only. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

function claimText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Claims the way API Gateway writes them: numbers and booleans as text, lists as `[a b]`. */
export function claimTexts(payload: JWTPayload): JwtClaims {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]));
}

function scopesOf(payload: JWTPayload): string[] {
  const scope = payload.scope ?? payload.scp;
  if (Array.isArray(scope)) return scope.map(String);
  return typeof scope === 'string' ? scope.split(' ') : [];
}

/** Checks bearer tokens against the keys that the issuer publishes (OpenID Connect Discovery 1.0). */
export class JwtAuthorizer {
  readonly #settings: JwtSettings;
  readonly #now: () => number;
  #keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;

  constructor(settings: JwtSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** @throws Error when the issuer cannot be reached */
  async authorize(header: string | undefined): Promise<Authorization> {
    const token = header?.replace(/^Bearer /i, '').trim();
    if (!token) return { ok: false, error: '' };
    try {
      const keys = await this.#discover();
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.#settings.issuer,
        algorithms: ALGORITHMS,
        currentDate: new Date(this.#now()),
        requiredClaims: ['exp'],
      });
      const audience = [payload.aud ?? payload.client_id ?? []].flat();
      if (!audience.some((one) => this.#settings.audience.includes(String(one)))) {
        return { ok: false, error: 'the token has an invalid audience' };
      }
      return { ok: true, claims: claimTexts(payload), scopes: scopesOf(payload) };
    } catch (error) {
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
      return { ok: false, error: error.message };
    }
  }

  #discover() {
    this.#keys ??= discoverKeys(this.#settings.issuer).catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }
}

async function discoverKeys(issuer: string) {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`discovery at ${issuer} answers ${response.status}`);
  const { jwks_uri: uri } = (await response.json()) as { jwks_uri: string };
  return createRemoteJWKSet(new URL(uri));
}

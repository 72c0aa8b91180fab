import type { z } from 'zod';
import { ProblemError } from '../../platform/errors.ts';
import type { HttpAnswer, HttpPort } from './http-port.ts';
import {
  accessToken,
  authorization,
  type CredentialInfo,
  credentialInfo,
  credentialList,
  failure,
  type ServiceInfo,
  serviceInfo,
  signatures,
} from './messages.ts';

/** A remote signing service as a stage knows it. */
export interface CscService {
  /** Address of the API, as `https://sign.example/csc/v2`. */
  readonly baseUrl: string;
  readonly clientId: string;
  /** Read when it is needed, kept nowhere. */
  readonly clientSecret: () => Promise<string>;
  /** Address of the authorization server, where its host is another than the API's. */
  readonly oauth2Url?: string;
}

export interface CscDeps {
  readonly http: HttpPort;
  /** Epoch ms. */
  readonly now: () => number;
  /** Waits before a question is asked again. */
  readonly pause: () => Promise<void>;
}

/** What is to be signed: one hash, in octets, and how. */
export interface HashToSign {
  readonly credentialId: string;
  readonly hash: Uint8Array;
  readonly hashAlgorithmOid: string;
  readonly signAlgorithmOid: string;
  /** Parameters of the signature algorithm in DER (RSASSA-PSS). */
  readonly signAlgorithmParameters?: Uint8Array | undefined;
}

const MAX_ANSWER = 256 * 1024;
/** A token is not used in its last seconds, ms. */
const MARGIN = 30_000;

/**
 * A client of the Cloud Signature Consortium API v2.0.0.2 that is authorized as itself (OAuth 2.0 client credentials, §8.4).
 * Questions are asked twice where the first gets no answer; what authorizes or signs is asked once. Tokens, secrets and activation
 * data leave this object for the service alone.
 *
 * Every method throws ProblemError: `signing_key_unavailable` when the service does not answer or does not know this client,
 * `remote_signing_refused` when it will not do this, `remote_signing_broken` when its answer is none.
 */
export class CscClient {
  readonly #service: CscService;
  readonly #deps: CscDeps;
  #token: { readonly value: string; readonly until: number } | undefined;
  #info: Promise<ServiceInfo> | undefined;

  constructor(service: CscService, deps: CscDeps) {
    this.#service = { ...service, baseUrl: service.baseUrl.replace(/\/$/, '') };
    this.#deps = deps;
  }

  /** §11.1; asked once. */
  async info(): Promise<ServiceInfo> {
    this.#info ??= this.#ask(serviceInfo, 'info', {}, { token: false });
    try {
      return await this.#info;
    } catch (error) {
      this.#info = undefined;
      throw error;
    }
  }

  /** §11.4 */
  async credentialIds(): Promise<readonly string[]> {
    return (await this.#ask(credentialList, 'credentials/list', {})).credentialIDs;
  }

  /** §11.5 */
  credential(credentialID: string): Promise<CredentialInfo> {
    return this.#ask(credentialInfo, 'credentials/info', {
      credentialID,
      certificates: 'chain',
      certInfo: false,
      authInfo: true,
    });
  }

  /**
   * Activation data for exactly this hash, once (§11.6). For credentials of mode `explicit`.
   * @param authData what activates the credential, by the ids that it names (a PIN)
   */
  async authorize(
    { credentialId, hash, hashAlgorithmOid }: HashToSign,
    authData: readonly { readonly id: string; readonly value: string }[],
  ): Promise<string> {
    const body = {
      credentialID: credentialId,
      numSignatures: 1,
      hashes: [base64(hash)],
      hashAlgorithmOID: hashAlgorithmOid,
      ...(authData.length === 0 ? {} : { authData }),
    };
    return (await this.#ask(authorization, 'credentials/authorize', body, { once: true })).SAD;
  }

  /**
   * The signature over a hash (§11.10).
   * @param by activation data, or the access token that the person's own authorization gave (scope `credential`)
   */
  async signHash(
    to: HashToSign,
    by: { readonly sad: string } | { readonly credentialToken: string },
  ): Promise<Uint8Array> {
    const body = {
      credentialID: to.credentialId,
      ...('sad' in by ? { SAD: by.sad } : {}),
      hashes: [base64(to.hash)],
      hashAlgorithmOID: to.hashAlgorithmOid,
      signAlgo: to.signAlgorithmOid,
      ...(to.signAlgorithmParameters ? { signAlgoParams: base64(to.signAlgorithmParameters) } : {}),
      operationMode: 'S',
    };
    const bearer = 'credentialToken' in by ? { bearer: by.credentialToken } : {};
    const answer = await this.#ask(signatures, 'signatures/signHash', body, { once: true, ...bearer });
    return Buffer.from(answer.signatures[0] as string, 'base64');
  }

  /**
   * Where a person authorizes the signing of one hash with a credential of mode `oauth2code` (§8.4.2): they come back to
   * `redirectUri` with a code.
   * @param codeChallenge PKCE, S256 (RFC 7636)
   */
  async authorizationUrl(
    to: HashToSign,
    back: { readonly redirectUri: string; readonly state: string; readonly codeChallenge: string },
  ): Promise<string> {
    const url = new URL(`${await this.#oauth2()}/oauth2/authorize`);
    const parameters = {
      response_type: 'code',
      client_id: this.#service.clientId,
      redirect_uri: back.redirectUri,
      state: back.state,
      code_challenge: back.codeChallenge,
      code_challenge_method: 'S256',
      scope: 'credential',
      credentialID: to.credentialId,
      numSignatures: '1',
      hashes: Buffer.from(to.hash).toString('base64url'),
      hashAlgorithmOID: to.hashAlgorithmOid,
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** The access token of scope `credential` for the code that a person came back with (§8.4.4). A code is good once. */
  async credentialToken(back: {
    readonly code: string;
    readonly redirectUri: string;
    readonly codeVerifier: string;
  }): Promise<string> {
    const { code, redirectUri, codeVerifier } = back;
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier };
    return (await this.#grant(grant, 'remote_signing_refused')).access_token;
  }

  async #ask<T extends z.ZodType>(
    schema: T,
    method: string,
    body: object,
    options: { readonly once?: boolean; readonly token?: false; readonly bearer?: string } = {},
  ): Promise<z.output<T>> {
    const post = async () => {
      const bearer = options.bearer ?? (options.token === false ? undefined : await this.#accessToken());
      return this.#post(`${this.#service.baseUrl}/${method}`, 'application/json', JSON.stringify(body), bearer);
    };
    let answer = options.once ? await post() : await this.#twice(post);
    if (answer.status === 401 && options.bearer === undefined && options.token !== false) {
      // The token was withdrawn before its time. Nothing has been done with it: a fresh one may ask again.
      this.#token = undefined;
      answer = await post();
    }
    return read(schema, answer, method, options.once ? 'remote_signing_refused' : 'signing_key_unavailable');
  }

  async #accessToken(): Promise<string> {
    const now = this.#deps.now();
    if (this.#token && now < this.#token.until) return this.#token.value;
    const grant = { grant_type: 'client_credentials', scope: 'service' };
    const { access_token, expires_in } = await this.#twice(() => this.#grant(grant, 'signing_key_unavailable'));
    this.#token = { value: access_token, until: now + expires_in * 1000 - MARGIN };
    return access_token;
  }

  async #grant(grant: Readonly<Record<string, string>>, refused: 'remote_signing_refused' | 'signing_key_unavailable') {
    const body = new URLSearchParams({
      ...grant,
      client_id: this.#service.clientId,
      client_secret: await this.#service.clientSecret(),
    });
    const url = `${await this.#oauth2()}/oauth2/token`;
    const answer = await this.#post(url, 'application/x-www-form-urlencoded', body.toString(), undefined);
    return read(accessToken, answer, 'oauth2/token', refused);
  }

  /** The secret goes where the settings say: an answer of the service cannot send it to another host. */
  async #oauth2(): Promise<string> {
    if (this.#service.oauth2Url !== undefined) return this.#service.oauth2Url.replace(/\/$/, '');
    const { oauth2 } = await this.info();
    if (oauth2 === undefined || new URL(oauth2).origin !== new URL(this.#service.baseUrl).origin) {
      throw new ProblemError('remote_signing_broken', { detail: 'CSC: the authorization server is on another host' });
    }
    return oauth2.replace(/\/$/, '');
  }

  async #post(url: string, contentType: string, body: string, bearer: string | undefined): Promise<HttpAnswer> {
    const authorization = bearer === undefined ? undefined : `Bearer ${bearer}`;
    try {
      const request = {
        url,
        method: 'POST',
        accept: 'application/json',
        contentType,
        body: Buffer.from(body),
      } as const;
      const answer = await this.#deps.http({ ...request, authorization, maxBytes: MAX_ANSWER });
      if (answer.status < 500 && answer.status !== 429) return answer;
      throw new NoAnswer(`CSC: status ${answer.status}`);
    } catch (error) {
      if (error instanceof NoAnswer) throw error;
      // The cause may hold what was sent.
      throw new NoAnswer('CSC: no answer');
    }
  }

  async #twice<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await this.#deps.pause();
      return ask();
    }
  }
}

/** Nothing came back, or only that the service cannot now: a question may be asked again. */
class NoAnswer extends ProblemError {
  constructor(detail: string) {
    super('signing_key_unavailable', { detail });
  }
}

/** What the answer says, or a problem with the service's own code for it. */
function read<T extends z.ZodType>(
  schema: T,
  { status, body }: HttpAnswer,
  method: string,
  refused: 'remote_signing_refused' | 'signing_key_unavailable',
): z.output<T> {
  const json = parse(body);
  if (status === 200) {
    const found = schema.safeParse(json);
    if (found.success) return found.data;
    throw new ProblemError('remote_signing_broken', { detail: `CSC ${method}: an answer of another form` });
  }
  const code = failure.safeParse(json).data?.error ?? `status ${status}`;
  // Who we are is a matter of the settings, not of this signature.
  const ours = status === 401 || ['invalid_client', 'unauthorized_client', 'invalid_token'].includes(code);
  throw new ProblemError(ours ? 'signing_key_unavailable' : refused, { detail: `CSC ${method}: ${code}` });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

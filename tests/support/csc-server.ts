import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signDigest } from '../../local/services/kms/signatures.ts';

/**
 * A small remote signing service after the Cloud Signature Consortium API v2.0.0.2: real HTTP, real keys, OAuth 2.0 (client
 * credentials and authorization code with PKCE), activation data bound to hashes, good once and for a while. Time is injected.
 */
export interface CscServerOptions {
  readonly now: () => number;
  readonly client: { readonly id: string; readonly secret: string; readonly redirectUri: string };
  readonly credentials: Readonly<Record<string, CscCredential>>;
}

export interface CscCredential {
  readonly key: KeyObject;
  /** DER, the credential's own first. */
  readonly certificates: readonly Uint8Array[];
  /** OIDs; those that the key can do unless told. */
  readonly algo?: readonly string[];
  readonly mode?: 'explicit' | 'oauth2code';
  readonly pin?: string;
  readonly status?: 'enabled' | 'disabled';
  readonly certStatus?: 'valid' | 'expired' | 'revoked' | 'suspended';
}

interface Activation {
  readonly credentialID: string;
  readonly hashes: readonly string[];
  readonly hashAlgorithmOID: string;
  readonly until: number;
}

/** A call that came, without what is secret in it. */
export interface Heard {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const TOKEN_S = 300;
const SAD_S = 120;
const CODE_MS = 60_000;

const HASHES = {
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', bytes: 32 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', bytes: 48 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', bytes: 64 },
} as const;

/** Signature algorithms by OID: the scheme, and the hash where the OID says it. */
const SIGNATURES: Readonly<Record<string, { scheme: 'pkcs1' | 'pss' | 'ecdsa'; hash?: string }>> = {
  '1.2.840.113549.1.1.1': { scheme: 'pkcs1' },
  '1.2.840.113549.1.1.11': { scheme: 'pkcs1', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'pkcs1', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'pkcs1', hash: 'sha512' },
  '1.2.840.113549.1.1.10': { scheme: 'pss' },
  '1.2.840.10045.2.1': { scheme: 'ecdsa' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
};

/** An error answer (§10.1). */
class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  constructor(error: string, description: string, status = 400) {
    super(description);
    this.status = status;
    this.error = error;
  }
}

type Body = Record<string, unknown>;

export async function startCscServer(options: CscServerOptions) {
  const { now, client, credentials } = options;
  const tokens = new Map<string, { until: number; activation?: Activation }>();
  const activations = new Map<string, Activation>();
  const codes = new Map<string, { activation: Activation; challenge: string; until: number }>();
  const heard: Heard[] = [];
  /** Answers to be given instead of the real one, first come first served; `after`: the call is done all the same. */
  const faults: { path: string; status?: number; body?: string; drop?: boolean; after?: boolean }[] = [];

  const secret = () => randomBytes(24).toString('base64url');
  const need = (body: Body, name: string): string => {
    const value = body[name];
    if (typeof value !== 'string' || value === '') {
      throw new Refusal('invalid_request', `Missing (or invalid type) string parameter ${name}`);
    }
    return value;
  };
  const credentialOf = (body: Body): CscCredential => {
    const found = credentials[need(body, 'credentialID')];
    if (!found) throw new Refusal('invalid_request', 'Invalid parameter credentialID');
    return found;
  };
  const hashesOf = (body: Body) => {
    const hashAlgorithmOID = need(body, 'hashAlgorithmOID');
    const hash = HASHES[hashAlgorithmOID as keyof typeof HASHES];
    const hashes = body.hashes as string[];
    if (!hash) throw new Refusal('invalid_request', 'Invalid parameter hashAlgorithmOID');
    if (!Array.isArray(hashes) || hashes.length === 0) throw new Refusal('invalid_request', 'Empty hashes array');
    if (hashes.some((item) => Buffer.from(item, 'base64').length !== hash.bytes)) {
      throw new Refusal('invalid_request', 'Invalid digest value length');
    }
    return { hashes, hashAlgorithmOID, hash };
  };
  const bearerOf = (request: IncomingMessage) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const known = token === undefined ? undefined : tokens.get(token);
    if (!known || now() > known.until) throw new Refusal('invalid_token', 'The access token is not valid', 401);
    return { token: token as string, ...known };
  };

  const algoOf = ({ algo, key }: CscCredential): readonly string[] =>
    algo ??
    (key.asymmetricKeyType === 'ec'
      ? [key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? '1.2.840.10045.4.3.3' : '1.2.840.10045.4.3.2']
      : ['1.2.840.113549.1.1.11', '1.2.840.113549.1.1.13', '1.2.840.113549.1.1.10']);

  const methods: Record<string, (body: Body, request: IncomingMessage) => object> = {
    '/csc/v2/info': () => ({
      specs: '2.0.0.2',
      name: 'Dịch vụ ký số từ xa thử nghiệm',
      logo: `${url}/logo.png`,
      region: 'VN',
      lang: 'vi-VN',
      description: 'Remote signing for tests',
      authType: ['oauth2client', 'oauth2code'],
      oauth2: url,
      methods: ['credentials/list', 'credentials/info', 'credentials/authorize', 'signatures/signHash'],
    }),
    '/oauth2/token': (body) => {
      const sameClient = need(body, 'client_id') === client.id && need(body, 'client_secret') === client.secret;
      if (!sameClient) throw new Refusal('invalid_client', 'Unknown client or wrong secret', 401);
      const token = secret();
      if (body.grant_type === 'client_credentials') {
        tokens.set(token, { until: now() + TOKEN_S * 1000 });
        return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_S };
      }
      if (body.grant_type !== 'authorization_code') throw new Refusal('unsupported_grant_type', 'No such grant');
      const code = codes.get(need(body, 'code'));
      codes.delete(need(body, 'code'));
      const verifier = createHash('sha256').update(need(body, 'code_verifier')).digest('base64url');
      const good =
        code && now() <= code.until && code.challenge === verifier && body.redirect_uri === client.redirectUri;
      if (!good) throw new Refusal('invalid_grant', 'The code is not valid');
      tokens.set(token, { until: now() + SAD_S * 1000, activation: code.activation });
      return { access_token: token, token_type: 'Bearer', expires_in: SAD_S };
    },
    '/csc/v2/credentials/list': (_body, request) => {
      bearerOf(request);
      return { credentialIDs: Object.keys(credentials) };
    },
    '/csc/v2/credentials/info': (body, request) => {
      bearerOf(request);
      const credential = credentialOf(body);
      const { key, certificates, mode = 'explicit', pin, status = 'enabled', certStatus = 'valid' } = credential;
      const len = key.asymmetricKeyDetails?.modulusLength ?? 256;
      const shown = body.certificates === 'chain' ? certificates : certificates.slice(0, 1);
      return {
        description: 'Chứng thư thử nghiệm',
        key: { status, algo: algoOf(credential), len },
        cert: { status: certStatus, certificates: shown.map((der) => Buffer.from(der).toString('base64')) },
        auth: {
          mode,
          ...(pin === undefined ? {} : { expression: 'PIN', objects: [{ type: 'Password', id: 'PIN', format: 'N' }] }),
        },
        SCAL: '2',
        multisign: 1,
        lang: 'vi-VN',
      };
    },
    '/csc/v2/credentials/authorize': (body, request) => {
      bearerOf(request);
      const credential = credentialOf(body);
      if ((credential.mode ?? 'explicit') !== 'explicit')
        throw new Refusal('invalid_request', 'Not for this credential');
      const { hashes, hashAlgorithmOID } = hashesOf(body);
      if (body.numSignatures !== hashes.length) throw new Refusal('invalid_request', 'Invalid numSignatures');
      const given = (body.authData as { id: string; value: string }[] | undefined)?.find(({ id }) => id === 'PIN');
      if (credential.pin !== undefined && given?.value !== credential.pin)
        throw new Refusal('invalid_pin', 'The PIN is wrong');
      if (credential.status === 'disabled') throw new Refusal('invalid_request', 'Credential is disabled');
      const SAD = secret();
      const credentialID = need(body, 'credentialID');
      activations.set(SAD, { credentialID, hashes, hashAlgorithmOID, until: now() + SAD_S * 1000 });
      return { SAD, expiresIn: SAD_S };
    },
    '/csc/v2/signatures/signHash': (body, request) => {
      const bearer = bearerOf(request);
      const credential = credentialOf(body);
      const { hashes, hash, hashAlgorithmOID } = hashesOf(body);
      const sad = bearer.activation ? bearer.token : need(body, 'SAD');
      const activation = bearer.activation ?? activations.get(sad);
      if (!activation) throw new Refusal('invalid_request', 'Invalid parameter SAD');
      if (now() > activation.until) throw new Refusal('invalid_request', 'SAD expired');
      const covered =
        activation.credentialID === body.credentialID &&
        activation.hashAlgorithmOID === hashAlgorithmOID &&
        hashes.every((item) => activation.hashes.includes(item));
      if (!covered) throw new Refusal('invalid_request', 'Hash is not authorized by the SAD');
      const signAlgo = need(body, 'signAlgo');
      const algorithm = SIGNATURES[signAlgo];
      const bits = algoOf(credential).includes(signAlgo);
      if (!algorithm || !bits || (algorithm.hash !== undefined && algorithm.hash !== hash.name)) {
        throw new Refusal('invalid_request', 'Invalid parameter signAlgo');
      }
      if (algorithm.scheme === 'pss' && typeof body.signAlgoParams !== 'string') {
        throw new Refusal('invalid_request', 'Missing (or invalid type) string parameter signAlgoParams');
      }
      // Good once.
      activations.delete(sad);
      tokens.delete(bearer.activation ? sad : '');
      const how = { scheme: algorithm.scheme, hash: hash.name } as Parameters<typeof signDigest>[1];
      return {
        signatures: hashes.map((item) =>
          signDigest(credential.key, how, Buffer.from(item, 'base64')).toString('base64'),
        ),
      };
    },
  };

  /** What the person sees and agrees to (§8.4.2), without the page: the code goes back with the redirect. */
  function agree(address: string): { readonly code: string; readonly state: string } {
    const { searchParams: asked, pathname } = new URL(address);
    const hash = Buffer.from(asked.get('hashes') ?? '', 'base64url').toString('base64');
    const sound =
      pathname === '/oauth2/authorize' &&
      asked.get('client_id') === client.id &&
      asked.get('redirect_uri') === client.redirectUri &&
      asked.get('scope') === 'credential' &&
      asked.get('code_challenge_method') === 'S256';
    if (!sound) throw new Error('the authorization server would not show this');
    const code = secret();
    codes.set(code, {
      challenge: asked.get('code_challenge') ?? '',
      until: now() + CODE_MS,
      activation: {
        credentialID: asked.get('credentialID') ?? '',
        hashes: [hash],
        hashAlgorithmOID: asked.get('hashAlgorithmOID') ?? '',
        until: now() + SAD_S * 1000,
      },
    });
    return { code, state: asked.get('state') ?? '' };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const form = request.headers['content-type'] === 'application/x-www-form-urlencoded';
    const body = (form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text || '{}')) as Body;
    heard.push({ path, body });
    const at = faults.findIndex((fault) => fault.path === path);
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0];
    if (fault?.drop && !fault.after) return void request.socket.destroy();
    if (fault?.status) return void response.writeHead(fault.status, { location: '/elsewhere' }).end(fault.body ?? '');
    try {
      const method = methods[path];
      if (!method || request.method !== 'POST') throw new Refusal('invalid_request', 'No such method', 404);
      const answer = method(body, request);
      if (fault?.drop) return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' }).end(fault?.body ?? JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof Refusal)) return void response.writeHead(500).end();
      const { error: code, message } = error;
      response.writeHead(error.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: code, error_description: message }));
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `${url}/csc/v2`,
    heard,
    faults,
    agree,
    /** Withdraws every token. */
    forgetTokens: () => tokens.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

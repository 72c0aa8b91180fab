import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type Provider from 'oidc-provider';
import type { DemoAccount } from './account.ts';
import { identityKeys } from './keys.ts';
import { messagePage, pageHeaders, signInPage } from './pages.ts';
import { createProvider, type IdentityClient, SIGN_IN_PATH } from './provider.ts';

export interface IdentityOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly accounts: readonly DemoAccount[];
  readonly clients: readonly IdentityClient[];
  /** Keys are kept here (mode 0600), so that tokens outlive a restart on the same port. */
  readonly stateDir: string;
  readonly clock: { now(): number };
  /** Hears of failures of the provider itself, never of bad requests. */
  readonly onError?: (error: Error) => void;
}

/** The user pool's stand-in. `issuer` is what `Fn::GetAtt: [UserPool, ProviderURL]` resolves to. */
export interface Identity {
  readonly issuer: string;
  close(): Promise<void>;
}

/** Starts an OpenID provider on 127.0.0.1 whose people sign in with a click. */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const keys = await identityKeys(options.stateDir);
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => answer(request, response));
  const issuer = await listen(server, options.port);
  const accounts = new Map(options.accounts.map((account) => [account.sub, account]));
  const provider = createProvider({ ...options, issuer, accounts, keys, now: () => options.clock.now() });
  provider.silent = true;
  if (options.onError) provider.on('server_error', (_context, error) => options.onError?.(error));
  const standard = provider.callback();
  answer = (request, response) => {
    if (!request.url?.startsWith(SIGN_IN_PATH)) return standard(request, response);
    chooseAccount(provider, accounts, request, response).catch(() => {
      respond(response, 400, messagePage('Phiên đăng nhập đã hết hạn', 'Quay lại trang trước và đăng nhập lại.'));
    });
  };
  return { issuer, close: () => close(server) };
}

async function chooseAccount(
  provider: Provider,
  accounts: ReadonlyMap<string, DemoAccount>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return respond(response, 200, signInPage(SIGN_IN_PATH + uid, [...accounts.values()]));
  const account = accounts.get(new URLSearchParams(await text(request)).get('account') ?? '');
  if (!account)
    return respond(response, 400, messagePage('Không có người này', 'Quay lại và chọn một người trong danh sách.'));
  const login = { accountId: account.sub, ...(account.assurance === undefined ? {} : { acr: account.assurance }) };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

function respond(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders()).end(html);
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

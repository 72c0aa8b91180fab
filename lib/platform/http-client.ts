import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type BlockList, isIP, type LookupFunction } from 'node:net';
import { ProblemError } from './errors.ts';
import { addressIsPrivate, PRIVATE_ADDRESSES } from './private-addresses.ts';

/** Where an HTTP client may go, and how long it waits. */
export interface HttpClientSettings {
  /**
   * Host names, at the usual port of the address's scheme alone; `host:port` for another. Of subdomains only with a leading dot
   * (`.example.vn`). Empty: nowhere.
   */
  readonly allowedHosts: readonly string[];
  /** Loopback and private networks too: for a development authority on this machine. */
  readonly allowPrivateAddresses: boolean;
  /** From the call to the last octet of the answer, ms. */
  readonly timeLimit: number;
}

export interface HttpClientDeps {
  /** Aborts after so many ms. */
  readonly abortAfter: (ms: number) => AbortSignal;
  readonly lookup: LookupFunction;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: Uint8Array;
  /** Value of the Authorization header; never to be logged. */
  readonly authorization?: string | undefined;
  /** Largest answer that is read, octets. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

const SYSTEM: HttpClientDeps = { abortAfter: (ms) => AbortSignal.timeout(ms), lookup: systemLookup as LookupFunction };

/**
 * A client for addresses that others chose (in certificates): http and https only, hosts from a list, no private
 * addresses (checked on what the name resolves to, for the very connection that is then made), no redirects, bounded in time and size.
 * Gives the body of a 200 answer.
 * @throws ProblemError `authority_not_allowed`, `authority_unreachable`; the detail says why, without the address
 */
export function createHttpClient(
  settings: HttpClientSettings,
  deps: HttpClientDeps = SYSTEM,
): (request: HttpRequest) => Promise<Uint8Array> {
  const forbidden = settings.allowPrivateAddresses ? undefined : PRIVATE_ADDRESSES;
  const lookup = forbidden ? refusingLookup(deps.lookup, forbidden) : deps.lookup;
  return async (request) => {
    const url = allowedUrl(request.url, settings, forbidden);
    const { status, body } = await exchange(url, request, { signal: deps.abortAfter(settings.timeLimit), lookup });
    if (status !== 200) throw wrongStatus(status);
    return body;
  };
}

/**
 * A client for addresses that the settings name: any answer but a redirect is given, bounded in time (ms, from the call to the last
 * octet) and size.
 * @throws ProblemError `authority_unreachable`
 */
export function createServiceClient(
  timeLimit: number,
  deps: HttpClientDeps = SYSTEM,
): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const { lookup } = deps;
    const answer = await exchange(new URL(request.url), request, { signal: deps.abortAfter(timeLimit), lookup });
    if (answer.status >= 300 && answer.status < 400) throw wrongStatus(answer.status);
    return answer;
  };
}

/** One request on a connection of its own, and its answer; no redirect is followed. @throws ProblemError */
async function exchange(url: URL, request: HttpRequest, connection: Connection): Promise<HttpAnswer> {
  try {
    const answer = await open(url, request, connection);
    return { status: answer.statusCode ?? 0, body: await readBody(answer, request.maxBytes) };
  } catch (error) {
    throw asProblem(error);
  }
}

interface Connection {
  readonly signal: AbortSignal;
  readonly lookup: LookupFunction;
}

function wrongStatus(status: number): ProblemError {
  return unreachable(`answered with status ${status}`);
}

function unreachable(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('authority_unreachable', { detail, cause });
}

function notAllowed(detail: string): ProblemError {
  return new ProblemError('authority_not_allowed', { detail });
}

function allowedUrl(text: string, { allowedHosts }: HttpClientSettings, forbidden: BlockList | undefined): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw notAllowed('not an http address');
  if (url.username || url.password) throw notAllowed('an address with a password');
  if (!allowedHosts.some((one) => lists(one, url))) throw notAllowed('the host is not listed');
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (forbidden && isIP(literal) && addressIsPrivate(literal, forbidden)) throw notAllowed('a private address');
  return url;
}

const USUAL_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Does an entry of the list mean the host of the address, and its port? Other ports of a host may be anybody's. */
function lists(entry: string, { protocol, hostname, port }: URL): boolean {
  const [, host = '', named] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  const isMeant = host.startsWith('.') ? hostname.endsWith(host) : host === hostname;
  // Of an address that names its usual port nothing is left of it.
  const usual = USUAL_PORTS[protocol];
  return isMeant && host !== '' && (port || usual) === (named ?? usual);
}

/** Resolves a name and refuses it when any of its addresses is private. */
function refusingLookup(lookup: LookupFunction, forbidden: BlockList): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      const all = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address);
      const refused = !error && all.some((one) => addressIsPrivate(one, forbidden));
      if (refused) callback(notAllowed('a private address') as unknown as NodeJS.ErrnoException, []);
      else callback(error, address, family);
    });
  };
}

function open(
  url: URL,
  { method, accept, contentType, body, authorization }: HttpRequest,
  connection: Connection,
): Promise<IncomingMessage> {
  const headers = {
    accept,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(body === undefined ? {} : { 'content-length': body.length }),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    start(url, { method, headers, agent: false, ...connection }, resolve)
      .on('error', reject)
      .end(body);
  });
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) throw unreachable('the answer is too large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    answer.destroy();
  }
}

function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  return unreachable(
    name === 'AbortError' || name === 'TimeoutError' ? 'no answer in time' : `no answer: ${code ?? name}`,
    error,
  );
}

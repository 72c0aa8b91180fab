import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Authority, AuthorityError, createAuthority, type Profile } from './authority.ts';

export interface AuthorityServerOptions {
  /** Keys and certificates are kept here, mode 0600. */
  readonly dir: string;
  readonly clock: { now(): number };
  /** 0 for any free port. */
  readonly port: number;
}

export interface AuthorityServer {
  readonly authority: Authority;
  /** `http://127.0.0.1:<port>/authority` */
  readonly url: string;
  close(): Promise<void>;
}

/** Largest request that is read, in bytes. */
const MAX_REQUEST = 16 * 1024;
const DEFAULT_DAYS = 365;

/**
 * Serves the development authority on 127.0.0.1: `POST certificates?profile=person|agency&days=365` takes a PKCS#10
 * request and answers a PEM chain; `root.cer`, `issuing.cer`, `root.crl` and `issuing.crl` are what certificates point to.
 */
export async function startAuthority({ dir, clock, port }: AuthorityServerOptions): Promise<AuthorityServer> {
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => answer(request, response));
  const url = `http://127.0.0.1:${await listen(server, port)}/authority`;
  const authority = await createAuthority({ dir, clock, baseUrl: url });
  answer = (request, response) => {
    route(authority, request).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  };
  return { authority, url, close: () => close(server) };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

async function route(authority: Authority, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [issuing, root] = authority.chain;
  switch (`${request.method} ${pathname}`) {
    case 'POST /authority/certificates':
      return certify(authority, request, searchParams);
    case 'GET /authority/root.cer':
      return { status: 200, type: 'application/pkix-cert', body: root! };
    case 'GET /authority/issuing.cer':
      return { status: 200, type: 'application/pkix-cert', body: issuing! };
    case 'GET /authority/root.crl':
      return { status: 200, type: 'application/pkix-crl', body: await authority.revocationList('root') };
    case 'GET /authority/issuing.crl':
      return { status: 200, type: 'application/pkix-crl', body: await authority.revocationList('issuing') };
    default:
      return text(404, 'Not found');
  }
}

/** The media type is insisted on, so that no web page elsewhere can post here without being asked first (CORS). */
async function certify(authority: Authority, request: IncomingMessage, query: URLSearchParams): Promise<Answer> {
  if (request.headers['content-type'] !== 'application/pkcs10') return text(415, 'Send application/pkcs10.');
  const profile = query.get('profile') ?? 'person';
  if (!isProfile(profile)) return text(400, 'profile is person or agency.');
  const csr = await read(request);
  if (!csr) return text(413, 'The request is too large.');
  try {
    const { pem } = await authority.issue({ csr, profile, days: Number(query.get('days') ?? DEFAULT_DAYS) });
    return { status: 201, type: 'application/pem-certificate-chain', body: pem };
  } catch (error) {
    if (error instanceof AuthorityError) return text(400, `${error.code}: ${error.message}`);
    throw error;
  }
}

async function read(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_REQUEST) chunks.push(chunk);
  }
  return size > MAX_REQUEST ? undefined : Buffer.concat(chunks);
}

function isProfile(value: string): value is Profile {
  return value === 'person' || value === 'agency';
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

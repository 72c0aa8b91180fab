import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Authority, createAuthority } from './authority.ts';
import { answerRequest } from './routes.ts';

export interface AuthorityServerOptions {
  /** Keys and certificates are kept here, mode 0600. */
  readonly dir: string;
  /** Forgets those of earlier starts. */
  readonly fresh?: boolean;
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

/** Serves the development authority on 127.0.0.1; what it answers stands in `routes.ts`. */
export async function startAuthority({ dir, fresh, clock, port }: AuthorityServerOptions): Promise<AuthorityServer> {
  if (fresh) await rm(dir, { recursive: true, force: true });
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => {};
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  const url = `http://127.0.0.1:${await listen(server, port)}/authority`;
  const authority = await createAuthority({ dir, clock, baseUrl: url });
  answer = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const given = await answerRequest(authority, {
      route: `${request.method} ${pathname}`,
      query: searchParams,
      contentType: request.headers['content-type'],
      body: await read(request),
    });
    // A late answer is one that never comes: whoever waits has a limit.
    if (given !== 'late') response.writeHead(given.status, { 'content-type': given.type }).end(given.body);
  };
  return { authority, url, close: () => close(server) };
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

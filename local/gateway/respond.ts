import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { AwsResponse } from './service.ts';

/** How much of a body that nobody wanted is still read, so that its sender gets to see the answer. */
const MAX_DRAIN = 64 * 1024 * 1024;

/** Sends an answer; resolves to the body bytes sent once it is out or the connection is gone. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: AwsResponse): Promise<number> {
  const head = request.method === 'HEAD';
  const { body } = answer;
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (hasMoreToRead(request)) response.setHeader('connection', 'close');
  let sent = 0;
  if (body instanceof Readable && !head) {
    body.on('data', (chunk: Buffer) => {
      sent += chunk.length;
    });
    // A reader that goes away in the middle ends its own answer only.
    await pipeline(body, response).catch(() => response.destroy());
  } else {
    if (body instanceof Readable) body.destroy();
    const bytes = body === undefined || body instanceof Readable ? undefined : Buffer.from(body as Uint8Array);
    const bodiless = head || answer.status === 204 || answer.status === 304;
    if (!bodiless && !response.hasHeader('content-length')) response.setHeader('content-length', bytes?.length ?? 0);
    sent = bodiless ? 0 : (bytes?.length ?? 0);
    response.end(bodiless ? undefined : bytes);
  }
  drain(request);
  return sent;
}

/** Loses an answer: the caller sees a connection that breaks. */
export function drop(request: IncomingMessage, answer: AwsResponse): void {
  if (answer.body instanceof Readable) answer.body.destroy();
  request.socket.destroy();
}

/** Breaks an answer off: the caller sees its head, so many octets of its body, and a connection that breaks. Gives the octets sent. */
export async function cut(response: ServerResponse, answer: AwsResponse, octets: number): Promise<number> {
  const { status, headers, body = '' } = answer;
  const bytes = body instanceof Readable ? await buffer(body) : Buffer.from(body as Uint8Array);
  const part = bytes.subarray(0, octets);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  await new Promise((resolve) => response.write(part, resolve));
  response.destroy();
  return part.length;
}

/** A request without a body is not marked complete yet when it is answered at once. */
function hasMoreToRead(request: IncomingMessage): boolean {
  const { headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !request.complete;
}

function drain(request: IncomingMessage): void {
  if (request.destroyed || !hasMoreToRead(request)) return;
  let left = MAX_DRAIN;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on('error', () => {});
  request.resume();
}

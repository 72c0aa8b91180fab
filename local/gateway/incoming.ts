import type { IncomingMessage } from 'node:http';
import type { SignedRequest } from '../sigv4/canonical-request.ts';

/** Body bytes of one request as they came over the wire. */
export interface Meter {
  bytes: number;
}

/** Head of a request in the form the signature covers. */
export function readHead(request: IncomingMessage): SignedRequest {
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) headers[name] = (values ?? []).join(',');
  return {
    method: request.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? '' : url.slice(at + 1),
    headers,
  };
}

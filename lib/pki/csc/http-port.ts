/** The answer of a server, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface HttpPost {
  readonly url: string;
  readonly method: 'POST';
  readonly accept: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Value of the Authorization header; never to be logged. */
  readonly authorization?: string | undefined;
  /** Largest answer that is read, octets. */
  readonly maxBytes: number;
}

/**
 * Posts to a service whose address is a setting. Rejects when there is no answer, in time and of that size, and when it sends elsewhere:
 * that would carry secrets there.
 */
export type HttpPort = (request: HttpPost) => Promise<HttpAnswer>;

/** Secrets go over TLS; without it to this machine alone. */
export function keepsSecrets(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}

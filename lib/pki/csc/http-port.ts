/** The answer of a server, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface HttpPost {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  /** Value of the Authorization header; never to be logged. */
  readonly authorization?: string | undefined;
  /** Largest answer that is read, octets. */
  readonly maxBytes: number;
}

/** Secrets go over TLS; without it to this machine alone. */
export function keepsSecrets(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}

/** Posts to a service whose address is a setting. Rejects when there is no answer, in time and of that size. */
export interface HttpPort {
  post(request: HttpPost): Promise<HttpAnswer>;
}

/** The port over `fetch`: no redirects (they would carry secrets elsewhere), bounded in time (ms) and size. */
export function createFetchPort(timeLimit: number): HttpPort {
  return {
    async post({ url, contentType, body, authorization, maxBytes }) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': contentType,
          ...(authorization === undefined ? {} : { authorization }),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeLimit),
      });
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of answer.body ?? []) {
        length += chunk.length;
        if (length > maxBytes) throw new Error('the answer is too large');
        chunks.push(chunk);
      }
      return { status: answer.status, body: Buffer.concat(chunks) };
    },
  };
}

import { createHash, createHmac } from 'node:crypto';

/** A small SigV4 signer of the tests' own, so that hostile requests can be built by hand. */
export interface Signer {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface UnsignedRequest {
  readonly method: string;
  /** Percent-encoded, with nothing but unreserved characters left as they are. */
  readonly path: string;
  /** Canonical already: sorted and encoded. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly payloadHash?: string;
  readonly date?: Date;
  readonly service?: string;
}

export interface SignedFetch {
  readonly url: string;
  readonly init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string };
  readonly signature: string;
  readonly key: Buffer;
  readonly amzDate: string;
  readonly scope: string;
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

export function signRequest(signer: Signer, request: UnsignedRequest): SignedFetch {
  const amzDate = (request.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const service = request.service ?? 's3';
  const scope = `${amzDate.slice(0, 8)}/${signer.region}/${service}/aws4_request`;
  const payloadHash = request.payloadHash ?? sha256(request.body ?? '');
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': payloadHash,
    'x-amz-date': amzDate,
  };
  const all: Record<string, string> = { ...headers, host: new URL(signer.url).host };
  // fetch sets the length itself; it may be signed only where the caller writes the head by hand.
  delete all['content-length'];
  const names = Object.keys(all).sort();
  const canonical = [
    request.method,
    request.path,
    request.query ?? '',
    names.map((name) => `${name}:${all[name]}\n`).join(''),
    names.join(';'),
    payloadHash,
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${signer.secretAccessKey}`) as Buffer;
  const signature = hmac(key, ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return {
    url: `${signer.url}${request.path}${request.query ? `?${request.query}` : ''}`,
    init: {
      method: request.method,
      headers: { ...headers, authorization },
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    signature,
    key,
    amzDate,
    scope,
  };
}

/** A PUT in chunks, each signed, with a signed SHA-256 trailer if asked. */
export function signChunks(
  signer: Signer,
  request: { path: string; chunks: readonly string[] },
  options: { readonly trailer?: boolean; readonly checksum?: string },
): SignedFetch & { readonly body: string } {
  const whole = request.chunks.join('');
  const signed = signRequest(signer, {
    method: 'PUT',
    path: request.path,
    payloadHash: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${options.trailer ? '-TRAILER' : ''}`,
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': String(Buffer.byteLength(whole)),
      ...(options.trailer ? { 'x-amz-trailer': 'x-amz-checksum-sha256' } : {}),
    },
  });
  let previous = signed.signature;
  const next = (algorithm: string, ...hashes: string[]) => {
    const toSign = [algorithm, signed.amzDate, signed.scope, previous, ...hashes].join('\n');
    previous = hmac(signed.key, toSign).toString('hex');
    return previous;
  };
  let body = '';
  for (const chunk of [...request.chunks, '']) {
    const signature = next('AWS4-HMAC-SHA256-PAYLOAD', sha256(''), sha256(chunk));
    const size = Buffer.byteLength(chunk).toString(16);
    body += `${size};chunk-signature=${signature}\r\n${chunk === '' ? '' : `${chunk}\r\n`}`;
  }
  if (options.trailer) {
    const checksum = options.checksum ?? createHash('sha256').update(whole).digest('base64');
    const signature = next('AWS4-HMAC-SHA256-TRAILER', sha256(`x-amz-checksum-sha256:${checksum}\n`));
    body += `x-amz-checksum-sha256:${checksum}\r\nx-amz-trailer-signature:${signature}\r\n`;
  }
  return { ...signed, body: `${body}\r\n` };
}

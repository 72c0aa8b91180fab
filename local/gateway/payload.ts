import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable, type Transform } from 'node:stream';
import { AwsChunkedDecoder } from '../sigv4/aws-chunked.ts';
import type { SignedRequest } from '../sigv4/canonical-request.ts';
import { hashedPayload, measuredPayload } from '../sigv4/hashed-payload.ts';
import { PayloadFault } from '../sigv4/payload-fault.ts';
import type { RequestSignature } from '../sigv4/signature.ts';
import { AwsError } from './aws-error.ts';
import type { Meter } from './incoming.ts';

const CHUNKED = {
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, trailer: true },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, trailer: true },
} as const;

/** Largest body of the buffered protocols, in bytes. */
const MAX_BUFFERED = 16 * 1024 * 1024;

/** A body ready to be read by a service, its checks built in: it fails before its end if it is not what was signed. */
export interface OpenedPayload {
  readonly body: Readable;
  readonly trailers: Readonly<Record<string, string>>;
}

/** The word or hash that stands for the body in the canonical request of a streamed (S3) request. */
export function announcedHash(head: SignedRequest, signature: RequestSignature): string {
  const announced = head.headers['x-amz-content-sha256'];
  if (announced !== undefined) {
    if (/^[0-9a-f]{64}$/.test(announced) || announced === 'UNSIGNED-PAYLOAD' || announced in CHUNKED) return announced;
    throw new AwsError(
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
      400,
    );
  }
  if (signature.in === 'query') {
    return new URLSearchParams(head.query).get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  }
  throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256', 400);
}

/** Opens the body of a streamed request without holding more than a chunk of it in memory. */
export function openPayload(
  request: IncomingMessage,
  head: SignedRequest,
  announced: string,
  signature: RequestSignature,
  signingKey: Uint8Array,
  meter: Meter,
): OpenedPayload {
  const trailers: Record<string, string> = {};
  const chunked = CHUNKED[announced as keyof typeof CHUNKED];
  if (!chunked) return { body: flow(request, meter, plainReader(head, announced)), trailers };
  const decodedLength = Number(head.headers['x-amz-decoded-content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(decodedLength) || decodedLength < 0) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  }
  const names = (head.headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const decoder = new AwsChunkedDecoder({
    signing: chunked.signed
      ? { key: signingKey, scope: signature.scope, amzDate: signature.amzDate, seed: signature.signature }
      : undefined,
    decodedLength,
    trailerNames: chunked.trailer ? names.filter((name) => name !== '') : [],
    trailers,
  });
  return { body: flow(request, meter, decoder), trailers };
}

function plainReader(head: SignedRequest, announced: string): Transform {
  if (announced !== 'UNSIGNED-PAYLOAD') return hashedPayload(announced);
  const length = head.headers['content-length'];
  return length === undefined ? new PassThrough() : measuredPayload(Number(length));
}

/**
 * Lets a request flow into `reader`. Unlike `pipeline`, a reader that fails leaves the connection alone, so that the
 * error can still be answered; a connection that breaks fails the reader.
 */
export function flow<T extends Transform>(request: IncomingMessage, meter: Meter, reader: T): T {
  request.on('data', (chunk: Buffer) => {
    meter.bytes += chunk.length;
  });
  const broken = () =>
    reader.destroy(new PayloadFault('aborted', 'The connection broke before the body was complete.'));
  request.once('error', broken);
  request.once('close', () => {
    if (!request.complete) broken();
  });
  // A reader that nobody listens to yet must not bring the process down.
  reader.on('error', () => {});
  return request.pipe(reader);
}

/** Reads a whole body of the buffered protocols. */
export async function bufferPayload(request: IncomingMessage, meter: Meter): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    meter.bytes += chunk.length;
    if (meter.bytes > MAX_BUFFERED) {
      throw new AwsError('RequestEntityTooLargeException', 'The request is larger than 16 MiB.', 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A body that has been read already. */
export function replay(payload: Uint8Array): Readable {
  return Readable.from(payload.length > 0 ? [payload] : [], { objectMode: false });
}

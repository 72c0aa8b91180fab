import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isProblem, ProblemError, problemDetails } from '../../lib/platform/errors.ts';
import type { Log } from '../../lib/platform/log.ts';

/** Nothing an API answers may be kept by a cache on the way, or be taken for a page. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function jsonAnswer(status: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** A file as a route answers with it. */
export interface PdfFile {
  readonly bytes: Uint8Array;
  /** ASCII, and nothing of anyone. */
  readonly fileName: string;
}

export function pdfAnswer(status: number, { bytes, fileName }: PdfFile): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      ...HEADERS,
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${fileName}"`,
    },
    body: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  };
}

/** RFC 9457: a known error with its code, anything else an opaque 500 whose request id leads to the log. */
export function problemAnswer(error: unknown, requestId: string, log: Log): APIGatewayProxyStructuredResultV2 {
  const known = isProblem(error) ? error : asProblem(error);
  if (known.code === 'internal') log.failure('request.failed', error, { requestId });
  else log.event('request.refused', { requestId, code: known.code });
  const details = problemDetails(known, `urn:request:${requestId}`);
  return {
    statusCode: details.status,
    headers: {
      ...HEADERS,
      'content-type': 'application/problem+json',
      ...(known.retryAfter === undefined ? {} : { 'retry-after': String(known.retryAfter) }),
    },
    body: JSON.stringify(details),
  };
}

function asProblem(error: unknown): ProblemError {
  return new ProblemError('internal', { cause: error });
}

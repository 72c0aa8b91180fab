import type { SignedRequest } from './canonical-request.ts';
import { type CredentialScope, parseAmzDate, parseCredential, SIGNING_ALGORITHM } from './signing-key.ts';

/** Where a request carries its signature, and what that covers. */
export interface RequestSignature {
  readonly in: 'header' | 'query';
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `x-amz-date` as sent. */
  readonly amzDate: string;
  /** Epoch milliseconds of `amzDate`. */
  readonly signedAt: number;
  /** How long a presigned URL holds, in seconds. */
  readonly expiresIn: number | undefined;
  readonly sessionToken: string | undefined;
}

export type FoundSignature =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly in: 'header' | 'query'; readonly reason: string }
  | { readonly kind: 'signature'; readonly signature: RequestSignature };

const WEEK_SECONDS = 604_800;

/** Finds the SigV4 signature of a request, in the `Authorization` header or in the query of a presigned URL. */
export function findSignature(request: SignedRequest): FoundSignature {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return fromHeader(authorization, request.headers);
  const query = new URLSearchParams(request.query);
  return query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature') ? fromQuery(query) : { kind: 'none' };
}

function fromHeader(authorization: string, headers: SignedRequest['headers']): FoundSignature {
  const malformed = (reason: string): FoundSignature => ({ kind: 'malformed', in: 'header', reason });
  if (!authorization.startsWith(`${SIGNING_ALGORITHM} `)) return malformed('unsupported authorization type');
  const fields = new Map(
    authorization
      .slice(SIGNING_ALGORITHM.length + 1)
      .split(',')
      .map((field) => {
        const [name = '', ...value] = field.trim().split('=');
        return [name, value.join('=')] as const;
      }),
  );
  const amzDate = headers['x-amz-date'] ?? basicDate(headers.date);
  return assemble('header', malformed, {
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    amzDate,
    sessionToken: headers['x-amz-security-token'],
  });
}

function fromQuery(query: URLSearchParams): FoundSignature {
  const malformed = (reason: string): FoundSignature => ({ kind: 'malformed', in: 'query', reason });
  if (query.get('X-Amz-Algorithm') !== SIGNING_ALGORITHM) {
    return malformed(`X-Amz-Algorithm only supports "${SIGNING_ALGORITHM}"`);
  }
  const expires = query.get('X-Amz-Expires') ?? '';
  if (!/^\d{1,7}$/.test(expires)) return malformed('X-Amz-Expires should be a number');
  if (Number(expires) > WEEK_SECONDS) {
    return malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return assemble('query', malformed, {
    credential: query.get('X-Amz-Credential') ?? undefined,
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? undefined,
    signature: query.get('X-Amz-Signature') ?? undefined,
    amzDate: query.get('X-Amz-Date') ?? undefined,
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    expiresIn: Number(expires),
  });
}

function assemble(
  place: 'header' | 'query',
  malformed: (reason: string) => FoundSignature,
  parts: {
    credential: string | undefined;
    signedHeaders: string | undefined;
    signature: string | undefined;
    amzDate: string | undefined;
    sessionToken: string | undefined;
    expiresIn?: number;
  },
): FoundSignature {
  const scope = parseCredential(parts.credential ?? '');
  if (!scope) return malformed('the Credential is not of the form <access key>/<date>/<region>/<service>/aws4_request');
  const signedAt = parseAmzDate(parts.amzDate ?? '');
  if (parts.amzDate === undefined || signedAt === undefined)
    return malformed('X-Amz-Date is missing or not ISO 8601 basic');
  if (!parts.amzDate.startsWith(scope.date)) return malformed('the date of the Credential is not that of X-Amz-Date');
  if (!/^[0-9a-f]{64}$/.test(parts.signature ?? '')) return malformed('the Signature is missing or not 64 hex digits');
  const signedHeaders = (parts.signedHeaders ?? '').split(';').filter((name) => name !== '');
  if (!signedHeaders.includes('host')) return malformed('the Host header is not signed');
  return {
    kind: 'signature',
    signature: {
      in: place,
      scope,
      signedHeaders,
      signature: parts.signature ?? '',
      amzDate: parts.amzDate,
      signedAt,
      expiresIn: parts.expiresIn,
      sessionToken: parts.sessionToken,
    },
  };
}

function basicDate(date: string | undefined): string | undefined {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

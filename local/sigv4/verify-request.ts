import { canonicalRequest, type SignedRequest } from './canonical-request.ts';
import type { RequestSignature } from './signature.ts';
import { SIGNING_ALGORITHM, sameSignature, scopeString, sha256Hex, sign, signingKey } from './signing-key.ts';

/** Requests signed further than this from the clock are refused (SigV4: 15 minutes). */
export const MAX_SKEW_MS = 15 * 60_000;

export interface SecretCredentials {
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export type SignatureFault = 'unknown-key' | 'wrong-token' | 'skewed' | 'expired' | 'unsigned-header' | 'mismatch';

export type SignatureVerdict =
  /** `signingKey` and the signature seed the signatures of a chunked body. */
  | { readonly valid: true; readonly signingKey: Buffer }
  | { readonly valid: false; readonly fault: SignatureFault; readonly detail: string };

/**
 * Checks one request against the secret of its access key.
 *
 * @param payloadHash what stands for the body in the canonical request: its hex SHA-256 or one of the
 *   `UNSIGNED-PAYLOAD`/`STREAMING-…` words. That the body really has that hash is the reader's affair.
 * @param now epoch milliseconds
 */
export function verifyRequest(
  request: SignedRequest,
  signature: RequestSignature,
  credentials: SecretCredentials | undefined,
  payloadHash: string,
  now: number,
): SignatureVerdict {
  if (!credentials) return invalid('unknown-key', signature.scope.accessKeyId);
  if (signature.sessionToken !== credentials.sessionToken) return invalid('wrong-token', 'session token');
  const late = timeFault(signature, now);
  if (late) return late;
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-') && !signature.signedHeaders.includes(name),
  );
  if (unsigned !== undefined) return invalid('unsigned-header', unsigned);

  const key = signingKey(credentials.secretAccessKey, signature.scope);
  const canonical = canonicalRequest(request, {
    service: signature.scope.service,
    signedHeaders: signature.signedHeaders,
    payloadHash,
    ...(signature.in === 'query' ? { withoutParameter: 'X-Amz-Signature' } : {}),
  });
  const expected = sign(
    key,
    [SIGNING_ALGORITHM, signature.amzDate, scopeString(signature.scope), sha256Hex(canonical)].join('\n'),
  );
  return sameSignature(expected, signature.signature)
    ? { valid: true, signingKey: key }
    : invalid('mismatch', 'the signature calculated does not match the one provided');
}

function timeFault(signature: RequestSignature, now: number): SignatureVerdict | undefined {
  const age = now - signature.signedAt;
  if (signature.expiresIn === undefined) {
    return Math.abs(age) > MAX_SKEW_MS ? invalid('skewed', signature.amzDate) : undefined;
  }
  if (age < -MAX_SKEW_MS) return invalid('skewed', signature.amzDate);
  return age > signature.expiresIn * 1000 ? invalid('expired', signature.amzDate) : undefined;
}

function invalid(fault: SignatureFault, detail: string): SignatureVerdict {
  return { valid: false, fault, detail };
}

import {
  type CredentialScope,
  parseAmzDate,
  parseCredential,
  SIGNING_ALGORITHM,
  sameSignature,
  sign,
  signingKey,
} from './signing-key.ts';
import type { SecretCredentials, SignatureFault } from './verify-request.ts';

export type FormVerdict =
  | { readonly valid: true }
  | { readonly valid: false; readonly fault: SignatureFault | 'malformed'; readonly detail: string };

/** Scope of a signed browser form (`x-amz-credential`), or `undefined` where the form is not signed. */
export function formScope(fields: ReadonlyMap<string, string>): CredentialScope | undefined {
  return parseCredential(fields.get('x-amz-credential') ?? '');
}

/**
 * Checks the signature of a browser form: HMAC of the base64 policy as sent ("Authenticating requests in browser-based
 * uploads using POST"). What the policy says is judged by S3, not here.
 */
export function verifyForm(
  fields: ReadonlyMap<string, string>,
  scope: CredentialScope,
  credentials: SecretCredentials | undefined,
): FormVerdict {
  if (fields.get('x-amz-algorithm') !== SIGNING_ALGORITHM) {
    return { valid: false, fault: 'malformed', detail: `x-amz-algorithm only supports "${SIGNING_ALGORITHM}"` };
  }
  const date = fields.get('x-amz-date') ?? '';
  if (parseAmzDate(date) === undefined || !date.startsWith(scope.date)) {
    return { valid: false, fault: 'malformed', detail: 'x-amz-date is missing or not the date of the credential' };
  }
  if (!credentials) return { valid: false, fault: 'unknown-key', detail: scope.accessKeyId };
  if (fields.get('x-amz-security-token') !== credentials.sessionToken) {
    return { valid: false, fault: 'wrong-token', detail: 'session token' };
  }
  const expected = sign(signingKey(credentials.secretAccessKey, scope), fields.get('policy') ?? '');
  return sameSignature(expected, fields.get('x-amz-signature') ?? '')
    ? { valid: true }
    : { valid: false, fault: 'mismatch', detail: 'the signature calculated does not match the one provided' };
}

import type { PayloadFault, PayloadFaultKind } from '../sigv4/payload-fault.ts';
import type { SignatureFault } from '../sigv4/verify-request.ts';
import { AwsError } from './aws-error.ts';
import type { AwsService, Permission, Principal } from './service.ts';

type Fault = SignatureFault | 'missing' | 'malformed' | 'malformed-query' | 'wrong-region';
type Wording = readonly [code: string, status: number, message: string];
type Dialect = 's3' | 'json';

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
const BAD_TOKEN = 'The security token included in the request is invalid.';

/** What each service family answers to a request whose signature is not in order. `%` stands for the detail. */
const SIGNATURE_FAULTS = {
  s3: {
    missing: ['AccessDenied', 403, 'Access Denied'],
    malformed: ['AuthorizationHeaderMalformed', 400, 'The authorization header is malformed; %.'],
    'malformed-query': ['AuthorizationQueryParametersError', 400, '%'],
    'wrong-region': ['AuthorizationHeaderMalformed', 400, 'The authorization header is malformed; %.'],
    'unknown-key': ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
    'wrong-token': ['InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'],
    skewed: ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
    expired: ['AccessDenied', 403, 'Request has expired'],
    'unsigned-header': ['AccessDenied', 403, 'There were headers present in the request which were not signed: %'],
    mismatch: ['SignatureDoesNotMatch', 403, MISMATCH],
  },
  json: {
    missing: ['MissingAuthenticationTokenException', 400, 'Missing Authentication Token'],
    malformed: ['IncompleteSignatureException', 400, '%'],
    'malformed-query': ['IncompleteSignatureException', 400, '%'],
    'wrong-region': ['InvalidSignatureException', 400, 'Credential should be scoped to a valid region: %'],
    'unknown-key': ['UnrecognizedClientException', 400, BAD_TOKEN],
    'wrong-token': ['UnrecognizedClientException', 400, BAD_TOKEN],
    skewed: ['InvalidSignatureException', 400, 'Signature expired or not yet current: %'],
    expired: ['InvalidSignatureException', 400, 'Signature expired: %'],
    'unsigned-header': ['InvalidSignatureException', 400, 'A header is not signed: %'],
    mismatch: ['InvalidSignatureException', 400, MISMATCH],
  },
} as const satisfies Record<Dialect, Record<Fault, Wording>>;

const PAYLOAD_FAULTS = {
  'hash-mismatch': ['XAmzContentSHA256Mismatch', 400],
  'chunk-signature': ['SignatureDoesNotMatch', 403],
  'chunk-format': ['IncompleteBody', 400],
  'chunk-size': ['InvalidChunkSizeError', 403],
  length: ['IncompleteBody', 400],
  trailer: ['MalformedTrailerError', 400],
  aborted: ['RequestTimeout', 400],
} as const satisfies Record<PayloadFaultKind, readonly [string, number]>;

/** The error of a request that is not signed as it should be, in the words of the service. */
export function signatureError(service: AwsService, fault: Fault, detail = ''): AwsError {
  const [code, status, message] = SIGNATURE_FAULTS[service.dialect ?? 'json'][fault];
  return new AwsError(code, message.replace('%', detail), status);
}

/** The error of a body that is not what the head announced. */
export function payloadError(service: AwsService, fault: PayloadFault): AwsError {
  if (fault.kind === 'hash-mismatch' && service.dialect !== 's3') return signatureError(service, 'mismatch');
  const [code, status] = PAYLOAD_FAULTS[fault.kind];
  return new AwsError(code, fault.message, status);
}

/** The error of a call that no policy grants; it names the missing action and resource, as IAM does. */
export function denied(service: AwsService, principal: Principal, missing: Permission, reason: string): AwsError {
  const s3 = service.dialect === 's3';
  return new AwsError(
    s3 ? 'AccessDenied' : 'AccessDeniedException',
    `User: ${principal.arn} is not authorized to perform: ${missing.action} on resource: "${missing.resource}" because ${reason}`,
    s3 ? 403 : 400,
  );
}

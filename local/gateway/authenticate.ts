import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { SignedRequest } from '../sigv4/canonical-request.ts';
import { formScope, verifyForm } from '../sigv4/post-policy.ts';
import { findSignature, type RequestSignature } from '../sigv4/signature.ts';
import { sha256Hex } from '../sigv4/signing-key.ts';
import { type SecretCredentials, verifyRequest } from '../sigv4/verify-request.ts';
import { AwsError } from './aws-error.ts';
import { openForm } from './browser-form.ts';
import { signatureError } from './faults.ts';
import type { Meter } from './incoming.ts';
import { announcedHash, bufferPayload, openPayload, replay } from './payload.ts';
import type { AwsService, BrowserForm, Principal } from './service.ts';

/** Access keys the gateway knows: one pair per role, and the administrator's. */
export interface CredentialStore {
  find(accessKeyId: string): (SecretCredentials & { readonly principal: Principal }) | undefined;
}

/** A request whose sender is known, with the body checks built into `body`. */
export interface Authenticated {
  readonly principal: Principal;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readable;
  readonly payload: Uint8Array | undefined;
  readonly trailers: Readonly<Record<string, string>>;
  readonly form?: BrowserForm;
}

export interface Authentication {
  readonly credentials: CredentialStore;
  readonly region: string | undefined;
  now(): number;
}

/** The service that a request means: the one in its credential scope, else S3, the only one that takes unsigned forms of access. */
export function serviceFor(head: SignedRequest, services: readonly AwsService[]): AwsService {
  const found = findSignature(head);
  const s3 = services.find((service) => service.signingNames.includes('s3'));
  const fallback = s3 ?? services[0];
  if (!fallback) throw new Error('the gateway has no services');
  if (found.kind !== 'signature') return fallback;
  const name = found.signature.scope.service;
  const service = services.find((candidate) => candidate.signingNames.includes(name));
  if (service) return service;
  throw new AwsError('UnknownService', `The laptop has no AWS service with the signing name "${name}".`, 501);
}

/** True for a browser's POST of a form to a bucket, which is signed in its fields. */
export function isBrowserForm(head: SignedRequest): boolean {
  const type = head.headers['content-type'] ?? '';
  return head.method === 'POST' && /^multipart\/form-data\b/i.test(type) && findSignature(head).kind === 'none';
}

/** Checks who sent a signed request (header or presigned URL). Throws `AwsError` in the words of the service. */
export async function authenticate(
  options: Authentication,
  service: AwsService,
  request: IncomingMessage,
  head: SignedRequest,
  meter: Meter,
): Promise<Authenticated> {
  const found = findSignature(head);
  if (found.kind === 'none') throw signatureError(service, 'missing');
  if (found.kind === 'malformed') {
    throw signatureError(service, found.in === 'query' ? 'malformed-query' : 'malformed', found.reason);
  }
  const { signature } = found;
  checkRegion(options, service, signature.scope.region);
  const payload = service.streams ? undefined : await bufferPayload(request, meter);
  const hash = payload ? sha256Hex(payload) : announcedHash(head, signature);
  const known = options.credentials.find(signature.scope.accessKeyId);
  const verdict = verifyRequest(head, signature, known, hash, options.now());
  if (!verdict.valid) throw signatureError(service, verdict.fault, verdict.detail);
  if (!known) throw signatureError(service, 'unknown-key');
  const { body, trailers } = payload
    ? { body: replay(payload), trailers: {} }
    : openPayload(request, head, hash, signature, verdict.signingKey, meter);
  return { principal: known.principal, ...mergeQuery(head, signature), body, payload, trailers };
}

/** Checks who signed a browser form. */
export async function authenticateForm(
  options: Authentication,
  service: AwsService,
  request: IncomingMessage,
  head: SignedRequest,
  meter: Meter,
): Promise<Authenticated> {
  const { form, body } = await openForm(request, head.headers['content-type'] ?? '', meter);
  if (!form.fields.has('policy') || !form.fields.has('x-amz-signature')) throw signatureError(service, 'missing');
  const scope = formScope(form.fields);
  if (!scope) throw signatureError(service, 'malformed-query', 'x-amz-credential is missing or malformed');
  if (!service.signingNames.includes(scope.service)) {
    throw signatureError(service, 'malformed-query', `incorrect service "${scope.service}"`);
  }
  checkRegion(options, service, scope.region);
  const known = options.credentials.find(scope.accessKeyId);
  const verdict = verifyForm(form.fields, scope, known);
  if (!verdict.valid) {
    throw signatureError(service, verdict.fault === 'malformed' ? 'malformed-query' : verdict.fault, verdict.detail);
  }
  if (!known) throw signatureError(service, 'unknown-key');
  const query = new URLSearchParams(head.query);
  return { principal: known.principal, headers: head.headers, query, body, payload: undefined, trailers: {}, form };
}

function checkRegion(options: Authentication, service: AwsService, region: string): void {
  if (options.region === undefined || options.region === region) return;
  throw signatureError(service, 'wrong-region', `the region '${region}' is wrong; expecting '${options.region}'`);
}

/** In a presigned URL, `x-amz-…` parameters stand for the headers of that name. */
function mergeQuery(head: SignedRequest, signature: RequestSignature): Pick<Authenticated, 'headers' | 'query'> {
  const query = new URLSearchParams(head.query);
  if (signature.in === 'header') return { headers: head.headers, query };
  const hoisted: Record<string, string> = {};
  for (const [name, value] of query) {
    if (/^x-amz-/i.test(name)) hoisted[name.toLowerCase()] = value;
  }
  return { headers: { ...hoisted, ...head.headers }, query };
}

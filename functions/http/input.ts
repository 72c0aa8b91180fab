import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { z } from 'zod';
import { ProblemError } from '../../lib/platform/errors.ts';
import { fingerprint, type RequestStamp } from '../../lib/requests/request-stamp.ts';
import type { RouteDefinition } from './route.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

/** Path parameters, query and body of a request, each held to the route's schema. */
export function readInput(definition: RouteDefinition, event: Event) {
  const bytes = definition.bodyType ? readBytes(definition.bodyType, event) : new Uint8Array();
  return {
    params: parse(definition.params, event.pathParameters ?? {}, 'path'),
    query: parse(definition.query, event.queryStringParameters ?? {}, 'query'),
    body: definition.body ? parse(definition.body, readJson(event), 'body') : undefined,
    bytes,
  };
}

/**
 * The idempotency stamp of a request that changes something.
 * @throws ProblemError `idempotency_key_missing`, `invalid_field`.
 */
export function readStamp(definition: RouteDefinition, event: Event, actorId: string, body: unknown): RequestStamp {
  const key = event.headers['idempotency-key'];
  if (!key) throw new ProblemError('idempotency_key_missing', { field: 'Idempotency-Key' });
  if (!/^[\x21-\x7e]{8,128}$/.test(key)) {
    throw new ProblemError('invalid_field', { field: 'Idempotency-Key', detail: '8 to 128 visible ASCII characters.' });
  }
  return { actorId, key, fingerprint: fingerprint(definition.method, event.rawPath, body) };
}

function rawBody(event: Event): Buffer {
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
}

function mediaType(event: Event): string {
  return (event.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function readBytes(type: string, event: Event): Uint8Array {
  if (mediaType(event) !== type) throw new ProblemError('unsupported_media_type', { detail: `Send ${type}.` });
  return rawBody(event);
}

function readJson(event: Event): unknown {
  const bytes = rawBody(event);
  if (bytes.length === 0) return {};
  if (mediaType(event) !== 'application/json')
    throw new ProblemError('unsupported_media_type', { detail: 'Send application/json.' });
  try {
    return readText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError('bad_request', { field: 'body', detail: 'The body is not JSON in UTF-8.' });
  }
}

/** @throws SyntaxError, also for half a character written as an escape (`\ud800`), which no store and no page can hold. */
function readText(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // What is not well formed is written as an escape again; an escaped backslash before it makes it ordinary text.
  const halves = text.includes('\\u') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
  if (halves) throw new SyntaxError('half a character');
  return value;
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  // The value itself is not repeated: it may be personal.
  throw new ProblemError('invalid_field', { field: path.replace(/^\./, '') || where, detail: issue?.message ?? where });
}

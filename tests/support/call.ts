import { randomUUID } from 'node:crypto';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { ApiEvent } from '../../functions/http/api.ts';

/** A signed-in caller as the authorizer passes them on. */
export interface Caller {
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
  readonly operator?: boolean;
}

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export type ApiHandler = (event: ApiEvent, context: Context) => Promise<unknown>;

/** Context of an invocation. */
export function lambdaContext(): Context {
  return { awsRequestId: randomUUID(), functionName: 'test', getRemainingTimeInMillis: () => 30_000 } as Context;
}

/** Calls an API function as API Gateway does, with JSON or (bytes) a PNG; a change gets an Idempotency-Key of its own unless one is given. */
export async function callApi<T = Record<string, unknown>>(
  handler: ApiHandler,
  caller: Caller | undefined,
  request: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /api/${string}`,
  body?: unknown,
  key: string = randomUUID(),
): Promise<Answer<T>> {
  const [method, target] = request.split(' ') as [string, string];
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const claims = caller && {
    sub: caller.sub,
    name: caller.name ?? caller.sub,
    token_use: 'id',
    ...(caller.email ? { email: caller.email, email_verified: 'true' } : {}),
    ...(caller.operator ? { 'cognito:groups': '[operator]' } : {}),
  };
  const isBytes = body instanceof Uint8Array;
  const event = {
    version: '2.0',
    rawPath: pathname,
    headers: { 'content-type': isBytes ? 'image/png' : 'application/json', 'idempotency-key': key },
    queryStringParameters: Object.fromEntries(searchParams),
    requestContext: { http: { method, path: pathname }, ...(claims ? { authorizer: { jwt: { claims } } } : {}) },
    body: isBytes ? Buffer.from(body).toString('base64') : body === undefined ? undefined : JSON.stringify(body),
    isBase64Encoded: isBytes,
  } as unknown as ApiEvent;
  const answer = (await handler(event, lambdaContext())) as { statusCode: number; body: string };
  return { status: answer.statusCode, body: JSON.parse(answer.body) as T };
}

interface Message {
  readonly body: string;
  readonly messageId?: string;
  readonly receives?: number;
  readonly firstReceivedAt?: number;
}

/** Hands messages to a queue's worker; gives the ids of those that failed. */
export async function deliver(
  worker: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>,
  ...messages: readonly Message[]
): Promise<string[]> {
  const Records = messages.map((message) => ({
    messageId: message.messageId ?? randomUUID(),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives ?? 1),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? Date.now()),
    },
    eventSource: 'aws:sqs',
  }));
  const answer = await worker({ Records } as unknown as SQSEvent, lambdaContext());
  return answer.batchItemFailures.map((failure) => failure.itemIdentifier);
}

/** A log that keeps what it is told. */
export function memoryLog() {
  const lines: { code: string; fields: Record<string, unknown> }[] = [];
  return {
    lines,
    event: (code: string, fields: object = {}) => void lines.push({ code, fields: { ...fields } }),
    failure: (code: string, error: unknown, fields: object = {}) =>
      void lines.push({ code, fields: { ...fields, error: String(error) } }),
  };
}

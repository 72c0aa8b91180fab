import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Activity } from '../activity.ts';
import type { InvocationResult } from '../functions/invocation.ts';
import type { LogSink } from '../functions/log.ts';
import { accessLogLine } from './access-log.ts';
import { type Answer, messageAnswer, readAnswer } from './answer.ts';
import type { HttpApi, Route } from './api.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { commonLogTime, type EventContext, toEvent } from './event.ts';
import type { RouteMatch } from './routes.ts';

/** What an HTTP API hands its requests to. */
export interface HttpDeps {
  readonly account: string;
  readonly region: string;
  readonly clock: { now(): number };
  readonly activity: Activity;
  readonly log: LogSink;
  /** Invokes a function for a caller; refused when no Lambda permission lets API Gateway do so. */
  readonly invoke: (functionArn: string, sourceArn: string, event: unknown) => Promise<InvocationResult>;
}

/** Largest request body of an HTTP API, in bytes. */
const MAX_REQUEST = 10 * 1024 * 1024;
const NO_STAGE = messageAnswer(404, 'Not Found');
const UNAVAILABLE = messageAnswer(503, 'Service Unavailable');
const BROKEN = messageAnswer(500, 'Internal Server Error');
const TOO_LARGE = messageAnswer(413, 'Request Entity Too Large');

/** `$context.error.responseType` of answers that API Gateway gives itself. */
const RESPONSE_TYPES: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'ACCESS_DENIED',
  404: 'MISSING_AUTHENTICATION_TOKEN',
  413: 'REQUEST_TOO_LARGE',
  429: 'THROTTLED',
  500: 'DEFAULT_5XX',
};

interface Exchange {
  readonly requestId: string;
  readonly path: string;
  readonly query: string;
  readonly startedAt: number;
  routeKey?: string;
  /** Why it did not go well, in words. */
  error?: string;
  integration?: { readonly latencyMs: number; readonly status: number };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to the end all the same: a client that is still sending would not see the answer.
    if (size <= MAX_REQUEST) chunks.push(chunk);
  }
  return size > MAX_REQUEST ? undefined : Buffer.concat(chunks);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Serves one HTTP API on a port of its own, as CloudFront's `/api` origin does. */
export class HttpApiServer {
  readonly #api: HttpApi;
  readonly #deps: HttpDeps;
  readonly #server: Server;

  constructor(api: HttpApi, deps: HttpDeps) {
    this.#api = api;
    this.#deps = deps;
    this.#server = createServer(
      { keepAliveTimeout: 30_000 },
      (request, response) => void this.#serve(request, response),
    );
  }

  /** Listens on 127.0.0.1; 0 takes a free port. Resolves with the address. */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', ...query] = (request.url ?? '/').split('?');
    const exchange: Exchange = {
      requestId: randomUUID(),
      path: decodePath(rawPath),
      query: query.join('?'),
      startedAt: this.#deps.clock.now(),
    };
    const end = this.#deps.activity.begin(`${request.method} ${exchange.path}`);
    try {
      const answer = await this.#answer(request, exchange).catch((error: unknown) => {
        exchange.error = error instanceof Error ? error.message : String(error);
        return BROKEN;
      });
      this.#write(request, response, answer, exchange);
    } finally {
      end();
    }
  }

  async #answer(request: IncomingMessage, exchange: Exchange): Promise<Answer> {
    const { cors, stage } = this.#api;
    if (cors && request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      return this.#preflight(request);
    }
    const path = stage && this.#withinStage(stage.name, exchange.path);
    const match = path === undefined ? undefined : this.#api.match(request.method ?? 'GET', path);
    if (!match) return NO_STAGE;
    exchange.routeKey = match.route.key;
    if (!this.#api.admits(match.route.key)) return messageAnswer(429, 'Too Many Requests');
    const authorization = await match.route.authorizer?.authorize(request.headers.authorization);
    if (authorization && !authorization.ok) return unauthorized(authorization.error);
    const { scopes } = match.route;
    if (authorization && scopes.length > 0 && !scopes.some((scope) => authorization.scopes.includes(scope))) {
      return messageAnswer(403, 'Forbidden');
    }
    const body = await readBody(request);
    if (!body) return TOO_LARGE;
    const authorizer = authorization && {
      claims: authorization.claims,
      scopes: scopes.length > 0 ? authorization.scopes : null,
    };
    const event = toEvent(request, exchange.path, exchange.query, body, this.#context(match, exchange, authorizer));
    return this.#integrate(request, match.route, event, exchange);
  }

  async #integrate(request: IncomingMessage, route: Route, event: unknown, exchange: Exchange): Promise<Answer> {
    const { functionArn, timeoutMs } = route.integration;
    const invocation = this.#deps.invoke(functionArn, this.#sourceArn(request, route), event);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(() => resolve('timeout'), timeoutMs);
    });
    const began = this.#deps.clock.now();
    const result = await Promise.race([invocation, timeout]).finally(() => clearTimeout(timer));
    const status = result !== 'timeout' && result.ok ? 200 : 500;
    exchange.integration = { latencyMs: Math.round(this.#deps.clock.now() - began), status };
    if (result === 'timeout') {
      exchange.error = `the integration took longer than ${timeoutMs} ms`;
      return UNAVAILABLE;
    }
    if (result.ok) {
      const answer = readAnswer(result.payload);
      if (!answer) exchange.error = 'the function returned a malformed answer';
      return answer ?? BROKEN;
    }
    exchange.error = `${result.error.errorType}: ${result.error.errorMessage}`;
    if (result.error.errorType === 'TooManyRequestsException') return UNAVAILABLE;
    return result.error.errorType === 'RequestTooLargeException' ? TOO_LARGE : BROKEN;
  }

  #preflight(request: IncomingMessage): Answer {
    const wanted = (name: string): string => String(request.headers[name] ?? '');
    const names = wanted('access-control-request-headers')
      .split(/ *, */)
      .filter((name) => name !== '');
    const method = wanted('access-control-request-method');
    const headers = preflightHeaders(this.#api.cors ?? {}, request.headers.origin, method, names);
    return { status: 204, headers, cookies: [], body: Buffer.alloc(0) };
  }

  #withinStage(stage: string, path: string): string | undefined {
    if (stage === '$default') return path;
    if (path === `/${stage}`) return '/';
    return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : undefined;
  }

  #sourceArn(request: IncomingMessage, route: Route): string {
    const path = route.key === '$default' ? '$default' : `${request.method}${route.key.slice(route.key.indexOf('/'))}`;
    const { region, account } = this.#deps;
    return `arn:aws:execute-api:${region}:${account}:${this.#api.id}/${this.#api.stage?.name}/${path}`;
  }

  #context(match: RouteMatch<Route>, exchange: Exchange, authorizer: EventContext['authorizer']): EventContext {
    const stage = this.#api.stage;
    return {
      accountId: this.#deps.account,
      apiId: this.#api.id,
      domainName: `${this.#api.id}.execute-api.${this.#deps.region}.amazonaws.com`,
      stage: stage?.name ?? '$default',
      stageVariables: stage?.variables,
      requestId: exchange.requestId,
      routeKey: match.route.key,
      pathParameters: match.parameters,
      authorizer,
      at: exchange.startedAt,
    };
  }

  #write(request: IncomingMessage, response: ServerResponse, answer: Answer, exchange: Exchange): void {
    const cors = this.#api.cors && answer.status !== 204 ? corsHeaders(this.#api.cors, request.headers.origin) : {};
    const own = Object.entries(answer.headers).filter(
      ([name]) => !(this.#api.cors && isCorsHeader(name) && request.method !== 'OPTIONS'),
    );
    response.writeHead(answer.status, {
      ...Object.fromEntries(own),
      ...cors,
      'apigw-requestid': exchange.requestId,
      'content-length': answer.body.length,
      ...(answer.cookies.length > 0 && { 'set-cookie': [...answer.cookies] }),
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
    // A body that was never asked for must still be drained, or the connection cannot be used again.
    request.resume();
    this.#logAccess(request, answer, exchange);
  }

  #logAccess(request: IncomingMessage, answer: Answer, exchange: Exchange): void {
    const format = this.#api.stage?.accessLogFormat ?? '$context.httpMethod $context.path $context.status';
    const now = this.#deps.clock.now();
    const line = accessLogLine(format, {
      accountId: this.#deps.account,
      apiId: this.#api.id,
      domainName: request.headers.host,
      extendedRequestId: exchange.requestId,
      httpMethod: request.method,
      'identity.sourceIp': request.socket.remoteAddress,
      'identity.userAgent': request.headers['user-agent'],
      'error.responseType': answer.status >= 400 && !exchange.integration ? RESPONSE_TYPES[answer.status] : undefined,
      'integration.error': exchange.error,
      'integration.latency': exchange.integration?.latencyMs,
      'integration.integrationStatus': exchange.integration?.status,
      integrationLatency: exchange.integration?.latencyMs,
      integrationStatus: exchange.integration?.status,
      integrationErrorMessage: exchange.error,
      'error.message': exchange.error,
      path: exchange.path,
      protocol: `HTTP/${request.httpVersion}`,
      requestId: exchange.requestId,
      requestTime: commonLogTime(exchange.startedAt),
      requestTimeEpoch: Math.floor(exchange.startedAt),
      responseLatency: Math.round(now - exchange.startedAt),
      responseLength: answer.body.length,
      routeKey: exchange.routeKey,
      stage: this.#api.stage?.name,
      status: answer.status,
    });
    this.#deps.log({ at: now, source: 'http', text: exchange.error ? `${line} ${exchange.error}` : line });
  }
}

function isCorsHeader(name: string): boolean {
  return name.startsWith('access-control-');
}

function unauthorized(error: string): Answer {
  const challenge = error
    ? `Bearer scope="" error="invalid_token" error_description="${error.replaceAll('"', "'")}"`
    : 'Bearer';
  return messageAnswer(401, 'Unauthorized', { 'www-authenticate': challenge });
}

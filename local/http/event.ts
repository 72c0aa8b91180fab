import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { JwtClaims } from './jwt-authorizer.ts';

/** What the event tells about the request beyond the request itself. */
export interface EventContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly authorizer: { readonly claims: JwtClaims; readonly scopes: readonly string[] | null } | undefined;
  /** Epoch ms. */
  readonly at: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2026:19:03:58 +0000`, the form of `requestContext.time`. */
export function commonLogTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}

/** Bodies of these types reach the function as text, all others in base64. */
function isText(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return /^(text\/|application\/(json|javascript|xml|[^;]+\+(json|xml)))/i.test(contentType);
}

function headersOf(request: IncomingMessage, context: EventContext): Record<string, string> {
  const { cookie: _cookie, ...rest }: IncomingHttpHeaders = request.headers;
  const headers: Record<string, string> = {};
  for (const name of Object.keys(rest).sort()) headers[name] = (request.headersDistinct[name] ?? []).join(',');
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const forwarded = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = forwarded ? `${forwarded}, ${sourceIp}` : sourceIp;
  headers['x-forwarded-port'] ??= '443';
  headers['x-forwarded-proto'] ??= 'https';
  headers['x-amzn-trace-id'] ??=
    `Root=1-${Math.floor(context.at / 1000).toString(16)}-${context.requestId.replaceAll('-', '').slice(0, 24)}`;
  return headers;
}

function queryOf(query: string): Record<string, string> | undefined {
  if (!query) return undefined;
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    values[name] = name in values ? `${values[name]},${value}` : value;
  }
  return values;
}

/**
 * The event of an HTTP API's Lambda proxy integration, payload format 2.0. `path` is decoded, as in `rawPath`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(
  request: IncomingMessage,
  path: string,
  query: string,
  body: Buffer,
  context: EventContext,
): unknown {
  const cookies = request.headers.cookie?.split(/; */).filter((cookie) => cookie !== '');
  const text = isText(request.headers['content-type']);
  const queryStringParameters = queryOf(query);
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers: headersOf(request, context),
    ...(queryStringParameters && { queryStringParameters }),
    requestContext: {
      accountId: context.accountId,
      apiId: context.apiId,
      ...(context.authorizer && { authorizer: { jwt: context.authorizer } }),
      domainName: context.domainName,
      domainPrefix: context.domainName.split('.')[0],
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: context.routeKey,
      stage: context.stage,
      time: commonLogTime(context.at),
      timeEpoch: Math.floor(context.at),
    },
    ...(Object.keys(context.pathParameters).length > 0 && { pathParameters: context.pathParameters }),
    ...(context.stageVariables && { stageVariables: context.stageVariables }),
    ...(body.length > 0 && { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

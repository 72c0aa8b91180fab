/** An HTTP answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** An answer of API Gateway itself: `{"message":"Not Found"}`. */
export function messageAnswer(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    cookies: [],
    body: Buffer.from(JSON.stringify({ message })),
  };
}

interface ProxyResult {
  readonly statusCode: number | string;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

function isProxyResult(value: unknown): value is ProxyResult {
  return typeof value === 'object' && value !== null && 'statusCode' in value;
}

/**
 * Reads what a function returned, payload format 2.0: without a `statusCode` the whole value is a JSON body with 200.
 * `undefined` for a malformed answer, which API Gateway turns into 500.
 */
export function readAnswer(value: unknown): Answer | undefined {
  if (!isProxyResult(value)) {
    const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value ?? null));
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  }
  const status = Number(value.statusCode);
  const { body = '', headers = {}, cookies = [], isBase64Encoded = false } = value;
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string') return undefined;
  const named = Object.entries(headers).map(([name, content]) => [name.toLowerCase(), String(content)] as const);
  const given: Record<string, string> = Object.fromEntries(named.filter(([name]) => name !== 'content-length'));
  if (body !== '') given['content-type'] ??= 'text/plain;charset=UTF-8';
  return { status, headers: given, cookies, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') };
}

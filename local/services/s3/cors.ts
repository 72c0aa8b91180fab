import type { AwsResponse, RequestHead } from '../../gateway/service.ts';
import type { CorsRule } from './bucket-settings.ts';
import { errorDocument } from './s3-error.ts';

/** Whether a value fits a pattern with at most one `*`. */
function fits(pattern: string, value: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === value;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return value.length >= before.length + after.length && value.startsWith(before) && value.endsWith(after);
}

/** The first rule that lets `origin` use `method` with all of `headers` (lower case). */
function ruleFor(
  rules: readonly CorsRule[] | undefined,
  origin: string,
  method: string,
  headers: readonly string[],
): CorsRule | undefined {
  return rules?.find(
    (rule) =>
      rule.allowedMethods.includes(method) &&
      rule.allowedOrigins.some((pattern) => fits(pattern, origin)) &&
      headers.every((name) => rule.allowedHeaders?.some((pattern) => fits(pattern.toLowerCase(), name))),
  );
}

function allowHeaders(rule: CorsRule, origin: string): Record<string, string> {
  const anyone = rule.allowedOrigins.includes('*');
  return {
    'access-control-allow-origin': anyone ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(rule.exposeHeaders?.length ? { 'access-control-expose-headers': rule.exposeHeaders.join(', ') } : {}),
    ...(anyone ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** Answers a preflight (`OPTIONS`) by the rules of the bucket. */
export function preflight(rules: readonly CorsRule[] | undefined, head: RequestHead): AwsResponse {
  const origin = head.headers.origin;
  const method = head.headers['access-control-request-method'];
  if (origin === undefined || method === undefined) {
    const message = 'Insufficient information. Origin request header needed.';
    return errorDocument({ code: 'BadRequest', message, status: 400 }, '-');
  }
  const requested = (head.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = ruleFor(rules, origin, method, requested);
  if (!rule) {
    const message = rules
      ? "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
      : 'CORSResponse: CORS is not enabled for this bucket.';
    return errorDocument({ code: 'AccessForbidden', message, status: 403 }, '-');
  }
  const granted = requested.length > 0 ? { 'access-control-allow-headers': requested.join(', ') } : {};
  return { status: 200, headers: { ...allowHeaders(rule, origin), ...granted } };
}

/** CORS headers of an actual request; none where no rule fits. */
export function crossOriginHeaders(rules: readonly CorsRule[] | undefined, head: RequestHead): Record<string, string> {
  const origin = head.headers.origin;
  if (origin === undefined) return {};
  const rule = ruleFor(rules, origin, head.method, []);
  return rule ? allowHeaders(rule, origin) : {};
}

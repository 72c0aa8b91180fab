import { matchesWildcard } from '../iam/match.ts';

/** `CorsConfiguration` of an HTTP API. */
export interface CorsConfiguration {
  readonly AllowOrigins?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly MaxAge?: number;
  readonly AllowCredentials?: boolean;
}

const covers = (allowed: readonly string[] | undefined, value: string): boolean =>
  (allowed ?? []).some((one) => matchesWildcard(one, value, true));

/** Headers for an actual request from `origin`; API Gateway replaces whatever CORS headers the function set. */
export function corsHeaders(cors: CorsConfiguration, origin: string | undefined): Record<string, string> {
  if (!origin || !covers(cors.AllowOrigins, origin)) return {};
  const everyone = cors.AllowOrigins?.includes('*') && !cors.AllowCredentials;
  return {
    'access-control-allow-origin': everyone ? '*' : origin,
    ...(!everyone && { vary: 'origin' }),
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.ExposeHeaders?.length && { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
  };
}

/** Headers that answer a preflight (204); none when origin, method or a header is not allowed. */
export function preflightHeaders(
  cors: CorsConfiguration,
  origin: string | undefined,
  method: string,
  headers: readonly string[],
): Record<string, string> {
  const allowed = covers(cors.AllowMethods, method) && headers.every((header) => covers(cors.AllowHeaders, header));
  const base = corsHeaders(cors, origin);
  if (!allowed || Object.keys(base).length === 0) return {};
  return {
    ...base,
    'access-control-allow-methods': (cors.AllowMethods ?? []).join(','),
    ...(cors.AllowHeaders && { 'access-control-allow-headers': cors.AllowHeaders.join(',') }),
    ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

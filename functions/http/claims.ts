import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { ProblemError } from '../../lib/platform/errors.ts';

/** What the sign-in provider vouches for; the authorizer in front of the function has checked the token. */
export interface CallerClaims {
  readonly sub: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly groups: readonly string[];
}

/**
 * Reads the claims that API Gateway passes on. It flattens arrays to `[a b]`; names of groups hold no blanks, but commas.
 * @throws ProblemError `missing_token` when there are none, so that a route wired without its authorizer stays shut, and for
 *   any token but an ID token: only that tells who someone is.
 */
export function readClaims(event: APIGatewayProxyEventV2WithJWTAuthorizer): CallerClaims {
  const claims = event.requestContext?.authorizer?.jwt?.claims;
  const sub = claims?.sub;
  if (typeof sub !== 'string' || sub === '' || claims?.token_use !== 'id') throw new ProblemError('missing_token');
  const groups = claims?.['cognito:groups'];
  return {
    sub,
    name: typeof claims?.name === 'string' ? claims.name : '',
    email: typeof claims?.email === 'string' && String(claims.email_verified) === 'true' ? claims.email : undefined,
    groups:
      typeof groups === 'string'
        ? groups
            .replace(/^\[|\]$/g, '')
            .split(' ')
            .filter(Boolean)
        : [],
  };
}

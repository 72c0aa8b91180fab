import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Actor } from '../../lib/access/actor.ts';
import type { Clock } from '../../lib/platform/clock.ts';
import { ProblemError } from '../../lib/platform/errors.ts';
import { sha256Hex } from '../../lib/platform/hash.ts';
import type { Log } from '../../lib/platform/log.ts';
import { type OnceDeps, once } from '../../lib/requests/once.ts';
import { prefersPdf } from './accept.ts';
import { jsonAnswer, pdfAnswer, problemAnswer } from './answer.ts';
import { type CallerClaims, readClaims } from './claims.ts';
import type { Admit } from './client-limits.ts';
import { readInput, readStamp } from './input.ts';
import type { BoundRoute } from './route.ts';

export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
type ApiResult = APIGatewayProxyStructuredResultV2;

/** What every API function needs. `actorOf` turns the token's claims into the caller as the directory knows them. */
export interface ApiDeps extends OnceDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly actorOf: (claims: CallerClaims) => Promise<Actor>;
}

/** Functions that serve public routes only have no callers and no stamps; they count their clients instead. */
export interface PublicApiDeps extends Pick<ApiDeps, 'clock' | 'log'> {
  readonly admit: Admit;
}

/**
 * The handler of an API function: routes by method and path, holds each request to its route's schemas, answers errors as
 * RFC 9457 problems, runs every change once per Idempotency-Key, and counts callers who are not signed in.
 */
export function api(deps: ApiDeps | PublicApiDeps, routes: readonly BoundRoute[]) {
  const router = httpRouter<ApiEvent, ApiResult>({
    routes: routes.map((route) => ({
      method: route.definition.method,
      path: route.definition.path,
      handler: (event: ApiEvent, context: Context) => serve(deps, route, event, context.awsRequestId),
    })),
    notFoundResponse: () => {
      throw new ProblemError('not_found');
    },
  });
  return middy<ApiEvent, ApiResult>(router).onError((request) => {
    request.response = problemAnswer(request.error, request.context.awsRequestId, deps.log);
  });
}

async function serve(
  deps: ApiDeps | PublicApiDeps,
  route: BoundRoute,
  event: ApiEvent,
  requestId: string,
): Promise<ApiResult> {
  const { definition } = route;
  const status = definition.answer.status;
  if (definition.access === 'public') {
    if (!('admit' in deps)) throw new Error('a public route needs PublicApiDeps');
    // Before anything is read of the request: what is refused is to cost little.
    await deps.admit(definition.act ?? 'look-up', event, deps.clock.now());
    const call = { ...readInput(definition, event), at: deps.clock.now(), requestId };
    if (route.pdf && prefersPdf(event.headers.accept)) return pdfAnswer(status, await route.pdf(call as never));
    return jsonAnswer(status, await route.run(call as never));
  }
  const call = { ...readInput(definition, event), at: deps.clock.now(), requestId };
  if (!('actorOf' in deps)) throw new Error('a route for signed-in callers needs ApiDeps');
  const actor = await deps.actorOf(readClaims(event));
  if (definition.method === 'GET') return jsonAnswer(status, await route.run({ ...call, actor } as never));
  const asked = definition.bodyType ? sha256Hex(call.bytes) : call.body;
  const stamp = readStamp(definition, event, actor.personId, asked);
  const answer = await once(deps, stamp, async () => ({
    status,
    body: await route.run({ ...call, at: deps.clock.now(), actor, stamp } as never),
  }));
  return jsonAnswer(answer.status, answer.body);
}

import type { z } from 'zod';
import type { Actor } from '../../lib/access/actor.ts';
import type { ClientAct } from '../../lib/client-limits/client-limit.ts';
import type { EpochMs } from '../../lib/platform/clock.ts';
import type { Code } from '../../lib/platform/errors.ts';
import type { RequestStamp } from '../../lib/requests/request-stamp.ts';
import type { PdfFile } from './answer.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a route takes and gives: the OpenAPI file is written from these, and requests are held to them. */
export interface RouteDefinition<P = unknown, Q = unknown, B = unknown, O = unknown> {
  readonly operationId: string;
  readonly method: Method;
  /** As in OpenAPI: `/api/petitions/{code}`. */
  readonly path: `/api/${string}`;
  readonly tag: string;
  readonly summary: string;
  /** `public` routes have no authorizer in front of them; every other needs a signed-in caller. */
  readonly access: 'public' | 'signed-in';
  /** What a public route counts as when its callers are counted; looking something up unless told. */
  readonly act?: ClientAct;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** Media type of a body that is not JSON; the handler then gets its bytes. */
  readonly bodyType?: 'application/pdf' | 'image/png';
  readonly answer: { readonly status: number; readonly schema: z.ZodType<O>; readonly description: string };
  /** Of a public route: that the same is given as a PDF to whoever would rather have that (`Accept`). */
  readonly givesPdf?: true;
  /** Codes that the route itself can answer with, besides those of every route. */
  readonly problems: readonly Code[];
}

/** A request that has passed the route's schemas. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Bytes of a body that is not JSON. */
  readonly bytes: Uint8Array;
  readonly at: EpochMs;
  readonly requestId: string;
}

/** A request of a signed-in caller. */
export interface SignedInCall<P, Q, B> extends Call<P, Q, B> {
  readonly actor: Actor;
  /** Present on every request that changes something; goes into the verb's transaction. */
  readonly stamp: RequestStamp;
}

/** Keeps the types of a definition together; a definition is data. */
export function defineRoute<P, Q, B, O>(definition: RouteDefinition<P, Q, B, O>): RouteDefinition<P, Q, B, O> {
  return definition;
}

/** A definition with the code that answers it. */
export interface BoundRoute {
  readonly definition: RouteDefinition;
  readonly run: (call: SignedInCall<never, never, never>) => Promise<unknown>;
  readonly pdf?: (call: SignedInCall<never, never, never>) => Promise<PdfFile>;
}

/** Binds a route of signed-in callers to its handler: parse → one call into lib → answer. */
export function bind<P, Q, B, O>(
  definition: RouteDefinition<P, Q, B, O>,
  run: (call: SignedInCall<P, Q, B>) => Promise<NoInfer<O>>,
): BoundRoute {
  return { definition: definition as RouteDefinition, run: run as BoundRoute['run'] };
}

/** Binds a public route: its handler sees no caller. One that gives PDF has a second handler for that. */
export function bindPublic<P, Q, B, O>(
  definition: RouteDefinition<P, Q, B, O>,
  run: (call: Call<P, Q, B>) => Promise<NoInfer<O>>,
  pdf?: (call: Call<P, Q, B>) => Promise<PdfFile>,
): BoundRoute {
  if ((definition.givesPdf === true) !== (pdf !== undefined)) throw new Error(`${definition.operationId}: PDF or not?`);
  const bound = { definition: definition as RouteDefinition, run: run as BoundRoute['run'] };
  return pdf ? { ...bound, pdf: pdf as NonNullable<BoundRoute['pdf']> } : bound;
}

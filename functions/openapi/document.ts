import * as z from 'zod';
import { createDocument, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { CATALOG, type Code } from '../../lib/platform/errors-catalog.ts';
import type { RouteDefinition } from '../http/route.ts';

/** Codes that any route can answer with, by what it is. */
const ALWAYS: readonly Code[] = ['bad_request', 'invalid_field', 'internal'];
const SIGNED_IN: readonly Code[] = ['missing_token'];
const PUBLIC: readonly Code[] = ['too_many_requests'];
const CHANGING: readonly Code[] = ['idempotency_key_missing', 'idempotency_key_reused', 'conflict', 'busy'];

const problem = z
  .object({
    type: z.string().meta({ example: 'urn:ba-khong:problem:unit_unknown' }),
    title: z.string().meta({ description: 'In English.' }),
    titleVi: z.string().meta({ description: 'In Vietnamese.' }),
    status: z.number().int(),
    code: z.enum(Object.keys(CATALOG) as [Code, ...Code[]]),
    field: z.string().optional().meta({ description: 'The input at fault.' }),
    detail: z.string().optional(),
    instance: z.string().optional().meta({ description: 'The request; leads to the log.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

const idempotencyKey = z.object({
  'Idempotency-Key': z.string().min(8).max(128).meta({
    description: 'Made by the client for each change; repeated with the same request it gives the same answer.',
  }),
});

const retryAfter = z.object({
  'Retry-After': z.number().int().min(1).meta({
    description:
      'Seconds until the next request is taken. Absent, with another body, where the gateway itself refuses.',
  }),
});

/** The OpenAPI 3.1 description of the routes. */
export function openApiDocument(definitions: readonly RouteDefinition[], version: string): object {
  const paths: ZodOpenApiPathsObject = {};
  const ordered = [...definitions].sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  for (const definition of ordered) {
    paths[definition.path] = { ...paths[definition.path], [definition.method.toLowerCase()]: operation(definition) };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Ba Khong',
      version,
      description: 'Petitions, dispatches between agencies, signed documents. Errors are RFC 9457 problems.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(ordered.map((definition) => definition.tag))].sort().map((name) => ({ name })),
    components: {
      securitySchemes: {
        idToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'ID token of the sign-in.' },
      },
    },
    paths,
  });
}

function operation(definition: RouteDefinition) {
  const { operationId, summary, tag, access, params, query, body, bodyType, method } = definition;
  const changes = access === 'signed-in' && method !== 'GET';
  const requestParams = {
    ...(params ? { path: params as z.ZodObject } : {}),
    ...(query ? { query: query as z.ZodObject } : {}),
    ...(changes ? { header: idempotencyKey } : {}),
  };
  const content = bodyType
    ? { [bodyType]: { schema: { type: 'string', format: 'binary' } as const } }
    : body && { 'application/json': { schema: body } };
  return {
    operationId,
    summary,
    tags: [tag],
    security: access === 'public' ? [] : [{ idToken: [] }],
    ...(Object.keys(requestParams).length > 0 ? { requestParams } : {}),
    ...(content ? { requestBody: { required: true, content } } : {}),
    responses: responses(definition, changes),
  };
}

function responses(
  { answer, access, problems, givesPdf }: RouteDefinition,
  changes: boolean,
): ZodOpenApiResponsesObject {
  const codes = [
    ...ALWAYS,
    ...(access === 'signed-in' ? SIGNED_IN : PUBLIC),
    ...(changes ? CHANGING : []),
    ...problems,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => CATALOG[code].status);
  const refusals = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, group]) => [
      String(status),
      {
        description: `Problem: ${group.map((code) => `\`${code}\``).join(', ')}`,
        ...(status === 429 ? { headers: retryAfter } : {}),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]);
  return {
    [String(answer.status)]: {
      description: answer.description,
      content: {
        'application/json': { schema: answer.schema },
        ...(givesPdf ? { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } : {}),
      },
    },
    ...Object.fromEntries(refusals),
  } as ZodOpenApiResponsesObject;
}

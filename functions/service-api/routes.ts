import * as z from 'zod';
import { defineRoute } from '../http/route.ts';
import { isoTime } from '../http/schemas.ts';

export const getHealth = defineRoute({
  operationId: 'getHealth',
  method: 'GET',
  path: '/api/health',
  tag: 'Service',
  summary: 'Whether the service answers',
  access: 'public',
  answer: {
    status: 200,
    description: 'It does.',
    schema: z.object({ status: z.literal('ok'), stage: z.string(), version: z.string(), time: isoTime }),
  },
  problems: [],
});

export const getOpenApi = defineRoute({
  operationId: 'getOpenApi',
  method: 'GET',
  path: '/api/openapi.json',
  tag: 'Service',
  summary: 'This description',
  access: 'public',
  answer: {
    status: 200,
    description: 'OpenAPI 3.1.',
    schema: z.record(z.string(), z.unknown()).meta({ description: 'An OpenAPI document.' }),
  },
  problems: [],
});

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { allRoutes } from '../../../../functions/openapi/all-routes.ts';
import { openApiDocument } from '../../../../functions/openapi/document.ts';
import { serviceApi } from '../../../../functions/service-api/api.ts';
import { callApi, memoryLog } from '../../../support/call.ts';

const root = new URL('../../../../', import.meta.url);
const checkedIn = JSON.parse(await readFile(new URL('docs/api/openapi.json', root), 'utf8')) as {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, { operationId: string; security: unknown[]; responses: object }>>;
};
const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };
const routes = await allRoutes();

describe('docs/api/openapi.json', () => {
  it('is what the routes say', () => {
    const current = JSON.stringify(openApiDocument(routes, version)) === JSON.stringify(checkedIn);
    expect(current, 'write it anew: node functions/openapi/write.ts').toBe(true);
  });

  it('names every operation once', () => {
    const ids = routes.map((route) => route.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const places = routes.map((route) => `${route.method} ${route.path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('asks for a token and an Idempotency-Key where the routes do', () => {
    const { get, post } = {
      get: checkedIn.paths['/api/units/{code}']?.get,
      post: checkedIn.paths['/api/uploads']?.post,
    };
    expect(get?.security).toEqual([{ idToken: [] }]);
    expect(checkedIn.paths['/api/health']?.get?.security).toEqual([]);
    expect(JSON.stringify(checkedIn.paths['/api/health']?.get?.responses)).toContain('"Retry-After"');
    expect(JSON.stringify(post)).toContain('"name":"Idempotency-Key"');
    expect(JSON.stringify(get)).not.toContain('Idempotency-Key');
    expect(Object.keys(post?.responses ?? {})).toEqual(['201', '400', '401', '403', '409', '422', '500', '503']);
  });
});

describe('the service', () => {
  const deps = { clock: { now: () => 0 }, log: memoryLog(), admit: async () => {}, stage: 'dev', openApi: checkedIn };
  it('serves the file and tells that it is up, to anyone', async () => {
    expect((await callApi(serviceApi(deps), undefined, 'GET /api/openapi.json')).body).toEqual(checkedIn);
    expect(await callApi(serviceApi(deps), undefined, 'GET /api/health')).toEqual({
      status: 200,
      body: { status: 'ok', stage: 'dev', version, time: '1970-01-01T07:00:00+07:00' },
    });
  });
});

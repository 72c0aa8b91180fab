import { describe, expect, it } from 'vitest';
import { bySpecificity, matchRoute, parseRouteKey } from '../../../local/http/routes.ts';

const KEYS = [
  '$default',
  'ANY /{proxy+}',
  'GET /a/{id}',
  'ANY /a/{id}',
  'GET /a/b',
  'POST /a/{rest+}',
  'GET /a/{id}/parts/{part}',
  'GET /',
];
const routes = KEYS.map(parseRouteKey).sort(bySpecificity);

describe('routes', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['GET', '/', 'GET /', {}],
    ['POST', '/', '$default', {}],
    ['GET', '/a/b', 'GET /a/b', {}],
    ['GET', '/a/c', 'GET /a/{id}', { id: 'c' }],
    ['DELETE', '/a/b', 'ANY /a/{id}', { id: 'b' }],
    ['POST', '/a/b/c', 'POST /a/{rest+}', { rest: 'b/c' }],
    ['GET', '/a/b/c', 'ANY /{proxy+}', { proxy: 'a/b/c' }],
    ['GET', '/a/1/parts/2', 'GET /a/{id}/parts/{part}', { id: '1', part: '2' }],
    ['GET', '/a/b/', 'GET /a/b', {}],
  ])('%s %s is served by %s', (method, path, key, parameters) => {
    const match = matchRoute(routes, method, path);
    expect([match?.route.key, match?.parameters]).toEqual([key, parameters]);
  });

  it('are not made up', () => {
    const few = [parseRouteKey('GET /a')];
    expect(matchRoute(few, 'POST', '/a')).toBeUndefined();
    expect(matchRoute(few, 'GET', '/A')).toBeUndefined();
  });
});

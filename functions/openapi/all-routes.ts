import { glob } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { RouteDefinition } from '../http/route.ts';

/** Every route of every API function: what each `functions/<name>-api/routes.ts` exports. Not for bundles. */
export async function allRoutes(): Promise<RouteDefinition[]> {
  const folder = new URL('../', import.meta.url);
  const names: string[] = [];
  for await (const file of glob('*-api/routes.ts', { cwd: folder })) names.push(basename(dirname(file)));
  const modules = await Promise.all(
    names.sort().map((name) => import(new URL(`${name}/routes.ts`, folder).href) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module).filter(isRoute));
}

function isRoute(value: unknown): value is RouteDefinition {
  return typeof value === 'object' && value !== null && 'operationId' in value && 'path' in value;
}

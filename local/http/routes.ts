/** A route of an HTTP API, by its key: `GET /petitions/{id}`, `ANY /{proxy+}`, `$default`. */
export interface RouteKey {
  readonly key: string;
  /** `ANY` matches every method. */
  readonly method: string;
  readonly segments: readonly Segment[];
}

type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string };

export interface RouteMatch<T extends RouteKey> {
  readonly route: T;
  readonly parameters: Readonly<Record<string, string>>;
}

const RANK = { text: 0, variable: 1, rest: 2 } as const;

const pathOf = (text: string): string[] => text.split('/').filter((part) => part !== '');

function segmentOf(text: string): Segment {
  const name = /^\{(.+)\}$/.exec(text)?.[1];
  if (!name) return { kind: 'text', text };
  return name.endsWith('+') ? { kind: 'rest', name: name.slice(0, -1) } : { kind: 'variable', name };
}

export function parseRouteKey(key: string): RouteKey {
  if (key === '$default') return { key, method: 'ANY', segments: [{ kind: 'rest', name: '' }] };
  const [method = 'ANY', path = '/'] = key.split(' ');
  return { key, method, segments: pathOf(path).map(segmentOf) };
}

/** Most specific first: text before variables before `{rest+}`, a method before `ANY`, `$default` last of all. */
export function bySpecificity(left: RouteKey, right: RouteKey): number {
  if (left.key === '$default' || right.key === '$default')
    return Number(left.key === '$default') - Number(right.key === '$default');
  const length = Math.max(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.segments[index], right.segments[index]];
    const difference = (a ? RANK[a.kind] : -1) - (b ? RANK[b.kind] : -1);
    if (difference !== 0) return difference;
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

function parametersOf(segments: readonly Segment[], path: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') {
      if (segment.name && index >= path.length) return undefined;
      if (segment.name) parameters[segment.name] = path.slice(index).join('/');
      return parameters;
    }
    const part = path[index];
    if (part === undefined || (segment.kind === 'text' && segment.text !== part)) return undefined;
    if (segment.kind === 'variable') parameters[segment.name] = part;
  }
  return path.length === segments.length ? parameters : undefined;
}

/** The route that serves a method and (decoded) path; `routes` are sorted by specificity. */
export function matchRoute<T extends RouteKey>(
  routes: readonly T[],
  method: string,
  path: string,
): RouteMatch<T> | undefined {
  const parts = pathOf(path);
  for (const route of routes) {
    if (route.method !== 'ANY' && route.method !== method) continue;
    const parameters = parametersOf(route.segments, parts);
    if (parameters) return { route, parameters };
  }
  return undefined;
}

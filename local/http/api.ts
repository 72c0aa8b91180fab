import type { CorsConfiguration } from './cors.ts';
import type { Authorization } from './jwt-authorizer.ts';
import { bySpecificity, matchRoute, type RouteKey, type RouteMatch } from './routes.ts';
import { TokenBucket } from './throttle.ts';

/** Checks who calls. */
export interface Authorizer {
  authorize(header: string | undefined): Promise<Authorization>;
}

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface Route extends RouteKey {
  readonly integration: Integration;
  readonly authorizer: Authorizer | undefined;
  readonly scopes: readonly string[];
}

export interface Throttling {
  /** Requests a second. */
  readonly rate: number;
  readonly burst: number;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly throttling: Throttling | undefined;
  readonly routeThrottling: ReadonlyMap<string, Throttling>;
  readonly accessLogFormat: string | undefined;
}

/** An HTTP API as the template declares it; routes and stage join it while the assembly is brought to life. */
export class HttpApi {
  readonly id: string;
  readonly cors: CorsConfiguration | undefined;
  readonly #now: () => number;
  #routes: Route[] = [];
  #stage: Stage | undefined;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(id: string, cors: CorsConfiguration | undefined, now: () => number) {
    this.id = id;
    this.cors = cors;
    this.#now = now;
  }

  get stage(): Stage | undefined {
    return this.#stage;
  }

  set stage(stage: Stage) {
    this.#stage = stage;
  }

  addRoute(route: Route): void {
    this.#routes = [...this.#routes, route].sort(bySpecificity);
  }

  match(method: string, path: string): RouteMatch<Route> | undefined {
    return matchRoute(this.#routes, method, path);
  }

  /** False when the route's or else the stage's rate is used up. */
  admits(routeKey: string): boolean {
    const own = this.#stage?.routeThrottling.get(routeKey);
    const throttling = own ?? this.#stage?.throttling;
    if (!throttling) return true;
    // Every route has its own bucket, whether its limit is its own or the stage's default.
    let bucket = this.#buckets.get(routeKey);
    if (!bucket) {
      bucket = new TokenBucket(throttling.rate, throttling.burst, this.#now());
      this.#buckets.set(routeKey, bucket);
    }
    return bucket.take(this.#now());
  }
}

import { createHash } from 'node:crypto';
import type { ResourceContext, ResourceTypes } from '../assembly/resource-type.ts';
import type { JsonObject } from '../assembly/template.ts';
import { LocalError } from '../errors.ts';
import type { InvocationResult } from '../functions/invocation.ts';
import { type Authorizer, HttpApi, type Integration, type Throttling } from '../http/api.ts';
import type { CorsConfiguration } from '../http/cors.ts';
import { JwtAuthorizer } from '../http/jwt-authorizer.ts';
import { parseRouteKey } from '../http/routes.ts';
import { HttpApiServer } from '../http/server.ts';
import { DESCRIBES, type Laptop, listOf } from './laptop.ts';

/** The longest an HTTP API waits for a function. */
const MAX_INTEGRATION_MS = 30_000;

const ROUTE_SETTINGS = ['ThrottlingRateLimit', 'ThrottlingBurstLimit'];
/** Metrics are read by operators of an AWS account. */
const ROUTE_SETTINGS_IGNORED = ['DetailedMetricsEnabled'];

function throttlingOf(settings: JsonObject | undefined): Throttling | undefined {
  const known = [...ROUTE_SETTINGS, ...ROUTE_SETTINGS_IGNORED];
  const unknown = Object.keys(settings ?? {}).find((key) => !known.includes(key));
  if (unknown) throw new LocalError('UnknownProperty', `the laptop does not know RouteSettings.${unknown}`);
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings ?? {};
  if (rate === undefined && burst === undefined) return undefined;
  return { rate: Number(rate ?? 10_000), burst: Number(burst ?? 5_000) };
}

/** The function ARN, bare or inside `arn:aws:apigateway:…:functions/<arn>/invocations`. */
function functionArnOf(uri: string): string {
  return /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
}

/** API Gateway may invoke a function only where a Lambda permission says so. */
async function invoke(
  laptop: Laptop,
  functionArn: string,
  sourceArn: string,
  event: unknown,
): Promise<InvocationResult> {
  const permission = { action: 'lambda:InvokeFunction', resource: functionArn };
  const decision = laptop.access.authorizeService({ service: 'apigateway.amazonaws.com', sourceArn }, permission);
  if (!decision.allowed) {
    const errorMessage = `AccessDenied: ${permission.action} on ${functionArn}: ${decision.reason}`;
    laptop.log({ at: laptop.clock.now(), source: 'iam', text: errorMessage });
    return { ok: false, requestId: '', error: { errorType: 'AccessDeniedException', errorMessage } };
  }
  const fn = laptop.functions.find(functionArn);
  if (fn) return fn.invoke(event);
  const errorMessage = `${functionArn} is no function of the template`;
  return { ok: false, requestId: '', error: { errorType: 'ResourceNotFoundException', errorMessage } };
}

async function createApi(laptop: Laptop, properties: JsonObject, context: ResourceContext) {
  if (properties.ProtocolType !== 'HTTP')
    throw new LocalError('UnsupportedValue', 'only HTTP APIs are known on a laptop');
  const id = createHash('sha256').update(context.id).digest('hex').slice(0, 10);
  const api = new HttpApi(id, properties.CorsConfiguration as CorsConfiguration | undefined, () => laptop.clock.now());
  const server = new HttpApiServer(api, {
    account: context.account,
    region: context.region,
    clock: laptop.clock,
    activity: laptop.activity,
    log: laptop.log,
    invoke: (...call) => invoke(laptop, ...call),
  });
  const first = laptop.apis.size === 0;
  laptop.running.push({ id: context.id, start: () => {}, stop: () => server.close() });
  const url = await server.listen(first ? laptop.apiPort : 0);
  laptop.apis.set(id, { api, server, url });
  return { ref: id, attributes: { ApiId: id, ApiEndpoint: url } };
}

/** What the parts of the APIs find each other in, by `Ref`. */
interface Parts {
  readonly laptop: Laptop;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, Authorizer>;
}

function apiOf({ laptop }: Parts, properties: JsonObject): HttpApi {
  const found = laptop.apis.get(String(properties.ApiId));
  if (!found) throw new LocalError('UnresolvedReference', `its API ${String(properties.ApiId)} is not in the template`);
  return found.api;
}

function createAuthorizer({ laptop, authorizers }: Parts, properties: JsonObject, context: ResourceContext) {
  if (properties.AuthorizerType !== 'JWT')
    throw new LocalError('UnsupportedValue', 'only JWT authorizers are known on a laptop');
  const sources = listOf<string>(properties.IdentitySource);
  if (sources.length !== 1 || sources[0]?.toLowerCase() !== '$request.header.authorization') {
    throw new LocalError('UnsupportedValue', `the identity source ${sources.join(', ')} is not known on a laptop`);
  }
  const { Issuer, Audience } = (properties.JwtConfiguration ?? {}) as JsonObject;
  const settings = { issuer: String(Issuer), audience: listOf<string>(Audience) };
  const id = context.physicalName(40);
  authorizers.set(id, new JwtAuthorizer(settings, () => laptop.clock.now()));
  return { ref: id, attributes: { AuthorizerId: id } };
}

function createIntegration({ integrations }: Parts, properties: JsonObject, context: ResourceContext) {
  if (properties.IntegrationType !== 'AWS_PROXY' || properties.PayloadFormatVersion !== '2.0') {
    const only = 'only Lambda proxy integrations with payload format 2.0 are known on a laptop';
    throw new LocalError('UnsupportedValue', only);
  }
  const id = context.physicalName(40);
  const timeoutMs = Math.min(Number(properties.TimeoutInMillis ?? MAX_INTEGRATION_MS), MAX_INTEGRATION_MS);
  integrations.set(id, { functionArn: functionArnOf(String(properties.IntegrationUri)), timeoutMs });
  return { ref: id };
}

function createRoute(parts: Parts, properties: JsonObject, context: ResourceContext) {
  const target = String(properties.Target);
  const integration = parts.integrations.get(target.replace(/^integrations\//, ''));
  if (!integration) throw new LocalError('UnresolvedReference', `its integration ${target} is not there`);
  const type = String(properties.AuthorizationType ?? 'NONE');
  if (type !== 'NONE' && type !== 'JWT')
    throw new LocalError('UnsupportedValue', `the authorization ${type} is not known on a laptop`);
  const authorizer = type === 'JWT' ? parts.authorizers.get(String(properties.AuthorizerId)) : undefined;
  if (type === 'JWT' && !authorizer) throw new LocalError('UnresolvedReference', 'its authorizer is not there');
  const scopes = listOf<string>(properties.AuthorizationScopes);
  const key = parseRouteKey(String(properties.RouteKey));
  apiOf(parts, properties).addRoute({ ...key, integration, authorizer, scopes });
  return { ref: context.physicalName(40) };
}

function createStage(parts: Parts, properties: JsonObject, context: ResourceContext) {
  const routes = Object.entries((properties.RouteSettings ?? {}) as Record<string, JsonObject>);
  const throttled = routes.flatMap(([key, settings]) => {
    const throttling = throttlingOf(settings);
    return throttling ? [[key, throttling] as const] : [];
  });
  const logging = properties.AccessLogSettings as JsonObject | undefined;
  const name = String(properties.StageName);
  apiOf(parts, properties).stage = {
    name,
    variables: properties.StageVariables as Record<string, string> | undefined,
    throttling: throttlingOf(properties.DefaultRouteSettings as JsonObject | undefined),
    routeThrottling: new Map(throttled),
    accessLogFormat: logging?.Format === undefined ? undefined : String(logging.Format),
  };
  const arn = context.arn('apigateway', `/apis/${String(properties.ApiId)}/stages/${name}`);
  return { ref: name, attributes: { Arn: arn } };
}

/** HTTP APIs with their routes, integrations, authorizers and stages. */
export function httpApiTypes(laptop: Laptop): ResourceTypes {
  const parts: Parts = { laptop, integrations: new Map(), authorizers: new Map() };
  return {
    'AWS::ApiGatewayV2::Api': {
      properties: ['CorsConfiguration', 'ProtocolType'],
      ignored: {
        Description: DESCRIBES,
        DisableExecuteApiEndpoint: 'the laptop has no other address for the API',
        Name: DESCRIBES,
        Tags: DESCRIBES,
      },
      create: (properties, context) => createApi(laptop, properties, context),
    },
    'AWS::ApiGatewayV2::Authorizer': {
      properties: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration'],
      ignored: { Name: DESCRIBES },
      create: (properties, context) => createAuthorizer(parts, properties, context),
    },
    'AWS::ApiGatewayV2::Integration': {
      properties: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
      ignored: {
        ConnectionType: 'a Lambda integration has no network of its own',
        Description: DESCRIBES,
        IntegrationMethod: 'always POST for Lambda',
      },
      create: (properties, context) => createIntegration(parts, properties, context),
    },
    'AWS::ApiGatewayV2::Route': {
      properties: ['ApiId', 'AuthorizationScopes', 'AuthorizationType', 'AuthorizerId', 'RouteKey', 'Target'],
      ignored: { OperationName: DESCRIBES },
      create: (properties, context) => createRoute(parts, properties, context),
    },
    'AWS::ApiGatewayV2::Stage': {
      properties: [
        'AccessLogSettings',
        'ApiId',
        'DefaultRouteSettings',
        'RouteSettings',
        'StageName',
        'StageVariables',
      ],
      ignored: { AutoDeploy: 'what the template says is served at once', Description: DESCRIBES, Tags: DESCRIBES },
      create: (properties, context) => createStage(parts, properties, context),
    },
  };
}

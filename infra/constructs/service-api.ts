import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';
import { ALARM_PERIOD, type AlarmBoard } from './alarm-board.ts';
import { stageLog } from './logs.ts';

export interface ServiceApiProps {
  readonly settings: StageSettings;
  readonly board: AlarmBoard;
  readonly users: UserPool;
  readonly client: UserPoolClient;
}

/** One route, method and path. */
export interface SingleRoute {
  readonly method: 'GET' | 'POST';
  readonly path: `/api/${string}`;
}

/** A route for everyone, with a throttle of its own; the stage's for such routes unless told. */
export interface OpenRoute extends SingleRoute {
  readonly rate?: number;
  readonly burst?: number;
}

/**
 * Never the path, query, address, agent or subject: a request shows only as its route and its figures.
 * `requestId` leads to the function's own log.
 */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.responseType',
  integrationStatus: '$context.integrationStatus',
});

/**
 * The HTTP API. Deny by default: what no capability has asked for is not found, and a capability's paths need a
 * token of the user pool unless a route is named as public. There is no CORS: portal and API share one host.
 */
export class ServiceApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;
  readonly #authorizer: IHttpRouteAuthorizer;
  readonly #stage: CfnStage;
  readonly #settings: StageSettings;

  constructor(scope: Construct, id: string, { settings, board, users, client }: ServiceApiProps) {
    super(scope, id);
    this.#settings = settings;
    this.#authorizer = new HttpJwtAuthorizer('SignedIn', users.userPoolProviderUrl, {
      jwtAudience: [client.userPoolClientId],
    });
    this.api = new HttpApi(this, 'Http', {
      apiName: `ba-khong-${settings.name}`,
      description: 'Ba Khong: petitions, dispatches, documents, verification',
      createDefaultStage: false,
      defaultAuthorizer: this.#authorizer,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: settings.limits.rate, burstLimit: settings.limits.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(stageLog(this, 'AccessLog', settings, 'access')),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
    this.url = stage.url;
    this.#stage = stage.node.defaultChild as CfnStage;
    board.add(this, 'ServerErrors', {
      name: 'api-5xx',
      runbook: 'api-5xx',
      means: 'The API answered with a server error five times or more within five minutes.',
      metric: this.api.metricServerError({ period: ALARM_PERIOD, statistic: Stats.SUM }),
      atLeast: 5,
    });
  }

  /** Gives `path` and all below it to a function; every call needs a token. */
  signedIn(handler: IFunction, ...paths: readonly `/api/${string}`[]): void {
    const integration = this.#integration(handler);
    for (const path of paths.flatMap((base) => [base, `${base}/{proxy+}`])) {
      this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration });
    }
  }

  /** Single routes below the paths of another function: a full match goes before its `{proxy+}`. Each call needs a token. */
  signedInAt(handler: IFunction, ...routes: readonly SingleRoute[]): void {
    const integration = this.#integration(handler);
    for (const { method, path } of routes) {
      this.api.addRoutes({ path, methods: [HttpMethod[method]], integration });
    }
  }

  /** Opens single routes to everyone, each with a throttle of its own. */
  open(handler: IFunction, ...routes: readonly OpenRoute[]): void {
    const integration = this.#integration(handler);
    const { publicRate, publicBurst } = this.#settings.limits;
    const throttles: Record<string, object> = { ...(this.#stage.routeSettings as Record<string, object> | undefined) };
    for (const { method, path, rate = publicRate, burst = publicBurst } of routes) {
      const [route] = this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration,
        authorizer: new HttpNoneAuthorizer(),
      });
      if (!route) continue;
      throttles[`${method} ${path}`] = {
        ThrottlingRateLimit: rate,
        ThrottlingBurstLimit: burst,
        DetailedMetricsEnabled: true,
      };
      this.#stage.node.addDependency(route);
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'Anyone may verify a document, see that the service is up and read its OpenAPI file; throttled apart.',
      });
    }
    this.#stage.routeSettings = throttles;
  }

  #integration(handler: IFunction): HttpLambdaIntegration {
    return new HttpLambdaIntegration(handler.node.path.split('/').at(-2) ?? 'Lambda', handler, {
      scopePermissionToRoute: false,
    });
  }
}

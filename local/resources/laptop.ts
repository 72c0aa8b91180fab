import type { Activity } from '../activity.ts';
import type { Json, JsonObject } from '../assembly/template.ts';
import type { AsyncInvocations } from '../events/async-invocations.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { StreamSource } from '../events/stream-source.ts';
import type { FunctionDeps } from '../functions/function.ts';
import type { LogSink } from '../functions/log.ts';
import type { FunctionRegistry } from '../functions/registry.ts';
import type { LocalClock } from '../gateway/service.ts';
import type { HttpApi } from '../http/api.ts';
import type { HttpApiServer } from '../http/server.ts';
import type { Access } from '../iam/access.ts';
import type { MailAdmin } from '../mail/mail.ts';
import type { KmsAdmin } from '../services/kms/kms.ts';
import type { S3Admin } from '../services/s3/s3.ts';
import type { SqsAdmin } from '../services/sqs/sqs.ts';

/** The side of DynamoDB that resources need. */
export interface Tables {
  /** Creates a table by its CloudFormation properties, or finds the one of an earlier start. */
  createTable(
    name: string,
    properties: JsonObject,
  ): Promise<{ readonly arn: string; readonly streamArn: string | undefined }>;
  stream(tableName: string): Promise<StreamSource>;
}

/** What stands for Cognito: an OpenID Connect provider on the laptop. */
export interface SignIn {
  /** `issuer` is what stands in the tokens and answers discovery. */
  createUserPool(id: string, properties: JsonObject): Promise<{ readonly poolId: string; readonly issuer: string }>;
  createClient(id: string, poolId: string, properties: JsonObject): Promise<{ readonly clientId: string }>;
}

/** Something that runs beside the resources and is ended when the laptop stops. */
export interface Running {
  readonly id: string;
  /** Called once everything the template declares is there and reachable. */
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/** The parts of the laptop that resources are made of. */
export interface Laptop {
  readonly clock: LocalClock;
  readonly activity: Activity;
  readonly log: LogSink;
  readonly access: Access;
  readonly functions: FunctionRegistry;
  readonly functionDeps: FunctionDeps;
  readonly asyncInvocations: AsyncInvocations;
  readonly events: EventBus;
  readonly s3: S3Admin;
  readonly sqs: SqsAdmin;
  readonly kms: KmsAdmin;
  readonly tables: Tables;
  readonly signIn: SignIn;
  readonly mail: MailAdmin | undefined;
  readonly apis: Map<string, { readonly api: HttpApi; readonly server: HttpApiServer; readonly url: string }>;
  readonly running: Running[];
  /** Directory for what must survive a restart. */
  readonly stateDir: string;
  /** Port the first HTTP API listens on; 0 takes a free one. */
  readonly apiPort: number;
}

/** A list that CloudFormation may leave out. */
export function listOf<T = Json>(value: Json | undefined): readonly T[] {
  return (value === undefined ? [] : [value].flat()) as unknown as readonly T[];
}

/** Reason shared by properties that only describe. */
export const DESCRIBES = 'describes the resource to people and bills';

/** Templates put an API's address together from its id; here it is where the API listens. */
export function localAddress({ apis }: Laptop, text: string): string {
  return text.replace(/https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g, (whole, id: string) => {
    return apis.get(id)?.url ?? whole;
  });
}

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignedRequest } from '../sigv4/canonical-request.ts';
import { PayloadFault } from '../sigv4/payload-fault.ts';
import {
  type Authenticated,
  authenticate,
  authenticateForm,
  type CredentialStore,
  isBrowserForm,
  serviceFor,
} from './authenticate.ts';
import { AwsError } from './aws-error.ts';
import type { AwsCall, CallObserver, Outcome } from './call.ts';
import { denied, payloadError } from './faults.ts';
import { type Meter, readHead } from './incoming.ts';
import { cut, drop, send } from './respond.ts';
import type { AwsRequest, AwsResponse, AwsService, LocalClock, Permission, Principal } from './service.ts';

export type { CredentialStore } from './authenticate.ts';
export type { AwsCall, CallObserver } from './call.ts';

/** Verdict of the policies over what a request needs. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly missing: Permission; readonly reason: string };

export type Authorize = (principal: Principal, permissions: readonly Permission[]) => Decision | Promise<Decision>;

export interface GatewayOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly services: readonly AwsService[];
  readonly credentials: CredentialStore;
  readonly authorize: Authorize;
  /** Judges the age of signatures and dates the answers (so that an SDK corrects its own clock by it). */
  readonly clock: Pick<LocalClock, 'now'>;
  readonly onCall?: CallObserver;
  /** Where given, scopes of other regions are refused. */
  readonly region?: string;
  /** Told of failures that are the laptop's own (the caller sees an opaque InternalError); standard error where absent. */
  readonly onFailure?: (message: string) => void;
}

export interface Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Adds an observer; returns what removes it. */
  observe(observer: CallObserver): () => void;
  close(): Promise<void>;
}

/**
 * Starts the one address of all AWS protocols. A request goes: signature → service by its scope → permissions →
 * policies → service. Whatever fails is answered in the error shape of the service.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const observers = new Set<CallObserver>(options.onCall ? [options.onCall] : []);
  const listen = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    void answer(options, observers, request, response, expectsContinue).catch(() => response.destroy());
  };
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 30_000 }, listen(false));
  // Nobody is asked for a body before its head has been judged.
  server.on('checkContinue', listen(true));
  const port = await listening(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    observe(observer) {
      observers.add(observer);
      return () => observers.delete(observer);
    },
    close: () => closing(server),
  };
}

async function answer(
  options: GatewayOptions,
  observers: ReadonlySet<CallObserver>,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  const id = randomBytes(8).toString('hex').toUpperCase();
  const head = readHead(request);
  const meter: Meter = { bytes: 0 };
  response.setHeader('date', new Date(options.clock.now()).toUTCString());
  response.setHeader('x-amzn-requestid', id);
  let service: AwsService | undefined;
  try {
    service = serviceFor(head, options.services);
    if (head.method === 'OPTIONS' && service.preflight) {
      await send(request, response, service.preflight(head));
      return;
    }
    for (const [name, value] of Object.entries(service.crossOrigin?.(head) ?? {})) response.setHeader(name, value);
    const sender = { credentials: options.credentials, region: options.region, now: () => options.clock.now() };
    // A form names its sender inside the body, and buffered protocols sign it: these must be asked for at once.
    if (expectsContinue && (isBrowserForm(head) || !service.streams)) response.writeContinue();
    const authenticated = isBrowserForm(head)
      ? await authenticateForm(sender, service, request, head, meter)
      : await authenticate(sender, service, request, head, meter);
    const awsRequest = toRequest(options, id, head, authenticated);
    const call = { ...describe(service, awsRequest), bytesIn: 0 };
    await permit(options, observers, service, awsRequest, call, meter);
    try {
      for (const observer of observers) await observer.before?.(call);
      if (expectsContinue && service.streams && !authenticated.form) response.writeContinue();
      const result = await handle(options, service, awsRequest);
      call.bytesIn = meter.bytes;
      call.status = result.status;
      await finish(observers, call, request, response, result);
    } finally {
      for (const observer of observers) observer.done?.(call);
    }
  } catch (error) {
    await send(request, response, failure(options, service, error, id));
  }
}

async function permit(
  options: GatewayOptions,
  observers: ReadonlySet<CallObserver>,
  service: AwsService,
  request: AwsRequest,
  call: Writable<AwsCall>,
  meter: Meter,
): Promise<void> {
  call.permissions = await service.permissions(request);
  const decision = await options.authorize(request.principal, call.permissions);
  if (decision.allowed) return;
  call.bytesIn = meter.bytes;
  for (const observer of observers) observer.denied?.(call, decision.missing, decision.reason);
  throw denied(service, request.principal, decision.missing, decision.reason);
}

/** An error of the service is an answer like any other: observers see it too. */
async function handle(options: GatewayOptions, service: AwsService, request: AwsRequest): Promise<AwsResponse> {
  try {
    return await service.handle(request);
  } catch (error) {
    return failure(options, service, error, request.id);
  }
}

async function finish(
  observers: ReadonlySet<CallObserver>,
  call: Writable<AwsCall>,
  request: IncomingMessage,
  response: ServerResponse,
  result: AwsResponse,
): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const observer of observers) outcomes.push((await observer.after?.(call)) ?? 'answer');
  const cuts = outcomes.flatMap((one) => (typeof one === 'object' ? [one.cutAfter] : []));
  if (outcomes.includes('drop')) drop(request, result);
  else if (cuts.length > 0) call.bytesOut = await cut(response, result, Math.min(...cuts));
  else call.bytesOut = await send(request, response, result);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function describe(service: AwsService, request: AwsRequest): Writable<AwsCall> {
  const target = request.headers['x-amz-target']?.split('.').at(-1);
  return {
    id: request.id,
    service: service.name,
    operation: service.operation?.(request) ?? target ?? `${request.method} ${request.path}`,
    principal: request.principal,
    permissions: [],
    bytesIn: 0,
    bytesOut: 0,
    status: 0,
  };
}

function toRequest(options: GatewayOptions, id: string, head: SignedRequest, sender: Authenticated): AwsRequest {
  return {
    id,
    method: head.method,
    path: head.path,
    ...sender,
    allows: async (permission) => (await options.authorize(sender.principal, [permission])).allowed,
  };
}

function failure(options: GatewayOptions, service: AwsService | undefined, error: unknown, id: string): AwsResponse {
  const known = service && error instanceof PayloadFault ? payloadError(service, error) : error;
  if (known instanceof AwsError) {
    const { code, message, status } = known;
    return known.response(id) ?? service?.error(code, message, status, id) ?? plainError(code, message, status);
  }
  // Unknown errors are ours: the caller gets no details, the person at the laptop does.
  const report = options.onFailure ?? ((text: string) => process.stderr.write(`${text}\n`));
  report(`${service?.name ?? 'gateway'} ${id}: ${error instanceof Error ? error.stack : String(error)}`);
  const message = 'We encountered an internal error. Please try again.';
  return service?.error('InternalError', message, 500, id) ?? plainError('InternalError', message, 500);
}

/** The error of a request that means no service of the laptop; SDKs of the JSON protocols read the header. */
function plainError(code: string, message: string, status: number): AwsResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ __type: code, message }) };
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function closing(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

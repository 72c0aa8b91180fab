/** A function of the template, resolved. */
export interface FunctionDefinition {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Directory that holds the bundled code. */
  readonly codeDir: string;
  /** `file.export`, e.g. `index.handler`. */
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** `ReservedConcurrentExecutions`; beyond it calls are throttled. */
  readonly reserved: number | undefined;
}

/** Why an invocation failed, in Lambda's words. */
export interface InvocationError {
  /** e.g. `Error`, `Sandbox.Timedout`, `Runtime.ExitError` */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type InvocationResult =
  | { readonly ok: true; readonly requestId: string; readonly payload: unknown }
  | { readonly ok: false; readonly requestId: string; readonly error: InvocationError };

/** Largest request and response of a synchronous invocation, in bytes. */
export const MAX_PAYLOAD = 6 * 1024 * 1024;

/** What the host sends to a worker. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  readonly event: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly traceId: string;
  /** How far the laptop's clock is ahead of the machine's, in milliseconds. */
  readonly clockOffset: number;
}

/** What a worker answers. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly initMs: number }
  | { readonly type: 'init-failed'; readonly error: InvocationError }
  | { readonly type: 'result'; readonly requestId: string; readonly payload: string | undefined }
  | { readonly type: 'failed'; readonly requestId: string; readonly error: InvocationError };

export interface WorkerSettings {
  /** Absolute path of the module that holds the handler. */
  readonly file: string;
  readonly exportName: string;
  readonly clockOffset: number;
  /** `host:port` that connections are led away from → `host:port` that they are led to. */
  readonly movedAddresses: Readonly<Record<string, string>>;
}

/** One cold start of a function. */
export interface ColdStart {
  readonly functionId: string;
  /** Loading the code, as Lambda reports it (`Init Duration`), in milliseconds. */
  readonly initMs: number;
  /** From the decision to start an environment until it was ready. */
  readonly totalMs: number;
}

import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import type { Activity } from '../activity.ts';
import type { LocalClock, Principal } from '../gateway/service.ts';
import type { CredentialStore, Credentials } from '../iam/credentials.ts';
import { handlerOf } from './code.ts';
import { Environment } from './environment.ts';
import { type ColdStart, type FunctionDefinition, type InvocationResult, MAX_PAYLOAD } from './invocation.ts';
import type { LogSink } from './log.ts';

/** What functions are run with. */
export interface FunctionDeps {
  readonly clock: LocalClock;
  readonly activity: Activity;
  readonly credentials: CredentialStore;
  readonly log: LogSink;
  readonly region: string;
  /** Address of the AWS gateway, known once it listens. */
  readonly endpoint: () => string;
  /** See `StartOptions`. */
  readonly movedAddresses: Readonly<Record<string, string>>;
  readonly onColdStart: (coldStart: ColdStart) => void;
}

/** Environments kept at most for a function without reserved concurrency: a laptop has few cores. */
const DEFAULT_CONCURRENCY = totalmem() < 4 * 2 ** 30 ? 4 : 10;
/** An environment that nobody used for this long gives its memory back; the last one stays. */
const KEEP_IDLE_MS = 30_000;

const STOPPING = { errorType: 'ServiceException', errorMessage: 'the laptop stops' };

interface Slot {
  readonly environment: Environment;
  readonly principal: Principal;
  readonly logStream: string;
  lastUsed: number;
}

/** A Lambda function: environments that are started on demand, reused, and capped. */
export class LocalFunction {
  readonly definition: FunctionDefinition;
  readonly #deps: FunctionDeps;
  readonly #role: { readonly id: string; readonly name: string };
  readonly #slots = new Set<Slot>();
  readonly #idle: Slot[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #invocations = 0;
  #reaper: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    definition: FunctionDefinition,
    role: { readonly id: string; readonly name: string },
    deps: FunctionDeps,
  ) {
    this.definition = definition;
    this.#role = role;
    this.#deps = deps;
  }

  /** How often it was invoked since the start, throttled calls left out. */
  get invocations(): number {
    return this.#invocations;
  }

  get concurrency(): number {
    return Math.min(this.definition.reserved ?? DEFAULT_CONCURRENCY, DEFAULT_CONCURRENCY);
  }

  /**
   * Invokes the function and waits for its answer; never rejects. Beyond its reserved concurrency the call is throttled
   * (`TooManyRequestsException`) as in Lambda; beyond the laptop's own cap it waits.
   */
  async invoke(event: unknown, options: { readonly queue?: boolean } = {}): Promise<InvocationResult> {
    const requestId = randomUUID();
    const body = JSON.stringify(event ?? null);
    const refused = this.#refuse(body, options.queue ?? false);
    if (refused) return { ok: false, requestId, error: refused };
    const end = this.#deps.activity.begin(`invocation of ${this.definition.id}`);
    this.#invocations += 1;
    this.#running += 1;
    try {
      if (this.#running > this.concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return await this.#run(requestId, body);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
      end();
    }
  }

  /** Ends all environments at once, in the middle of what they do. Resolves with how many there were. */
  async kill(reason = 'killed'): Promise<number> {
    const slots = [...this.#slots];
    await Promise.all(slots.map((slot) => this.#endSlot(slot, reason)));
    return slots.length;
  }

  /** Ends the environment that a principal belongs to; false when it is not one of this function's. */
  async killEnvironment(principal: Principal, reason: string): Promise<boolean> {
    const slot = [...this.#slots].find((candidate) => candidate.principal === principal);
    if (slot) await this.#endSlot(slot, reason);
    return slot !== undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reaper);
    await this.kill('the laptop stops');
  }

  #refuse(body: string, queue: boolean) {
    const { reserved } = this.definition;
    if (this.#stopped) return STOPPING;
    if (Buffer.byteLength(body) > MAX_PAYLOAD) {
      return { errorType: 'RequestTooLargeException', errorMessage: `the event exceeds ${MAX_PAYLOAD} bytes` };
    }
    const throttled = reserved !== undefined && this.#running >= reserved && (reserved === 0 || !queue);
    return throttled ? { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' } : undefined;
  }

  async #run(requestId: string, event: string): Promise<InvocationResult> {
    if (this.#stopped) return { ok: false, requestId, error: STOPPING };
    let slot: Slot;
    try {
      slot = this.#warm() ?? (await this.#coldStart());
    } catch (error) {
      const { name, message } = error as Error;
      this.#say(`INIT failed: ${name}: ${message}`);
      return { ok: false, requestId, error: { errorType: name, errorMessage: message } };
    }
    const result = { ...(await slot.environment.invoke(this.#message(requestId, event, slot))), requestId };
    if (slot.environment.alive && !this.#stopped) this.#release(slot);
    else this.#forget(slot);
    return this.#limited(result);
  }

  #warm(): Slot | undefined {
    for (let slot = this.#idle.pop(); slot; slot = this.#idle.pop()) {
      if (slot.environment.alive) return slot;
      this.#forget(slot);
    }
    return undefined;
  }

  #limited(result: InvocationResult): InvocationResult {
    if (!result.ok) {
      this.#say(`${result.requestId} failed: ${result.error.errorType}: ${result.error.errorMessage}`);
      return result;
    }
    if (Buffer.byteLength(JSON.stringify(result.payload)) <= MAX_PAYLOAD) return result;
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD} bytes).`;
    return {
      ok: false,
      requestId: result.requestId,
      error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage },
    };
  }

  #message(requestId: string, event: string, slot: Slot) {
    const { name, arn, memoryMb, timeoutMs } = this.definition;
    const id = randomUUID().replaceAll('-', '');
    return {
      type: 'invoke' as const,
      requestId,
      event,
      functionName: name,
      functionArn: arn,
      memoryMb,
      timeoutMs,
      logGroup: `/aws/lambda/${name}`,
      logStream: slot.logStream,
      traceId: `Root=1-${id.slice(0, 8)}-${id.slice(8)};Parent=${id.slice(0, 16)};Sampled=0`,
      clockOffset: this.#clockOffset(),
    };
  }

  async #coldStart(): Promise<Slot> {
    const { definition } = this;
    const began = performance.now();
    const principal: Principal = {
      arn: `arn:aws:sts::${definition.arn.split(':')[4]}:assumed-role/${this.#role.name}/${definition.name}`,
      roleId: this.#role.id,
      functionId: definition.id,
    };
    const keys = this.#deps.credentials.session(principal);
    const logStream = `laptop/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    const environment = new Environment({
      settings: {
        ...handlerOf(definition.codeDir, definition.handler),
        clockOffset: this.#clockOffset(),
        movedAddresses: this.#deps.movedAddresses,
      },
      variables: this.#variables(keys, logStream),
      memoryMb: definition.memoryMb,
      print: (line) => this.#say(line),
    });
    const slot: Slot = { environment, principal, logStream, lastUsed: performance.now() };
    this.#slots.add(slot);
    try {
      const { initMs } = await environment.ready;
      this.#deps.onColdStart({ functionId: definition.id, initMs, totalMs: performance.now() - began });
      return slot;
    } catch (error) {
      this.#forget(slot);
      throw error;
    }
  }

  #variables(keys: Required<Credentials>, logStream: string): Record<string, string> {
    const { name, memoryMb, handler, runtime, codeDir, environment } = this.definition;
    const { region } = this.#deps;
    return {
      ...environment,
      _HANDLER: handler,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: this.#deps.endpoint(),
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      LAMBDA_TASK_ROOT: codeDir,
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TZ: ':UTC',
    };
  }

  #clockOffset(): number {
    return Math.round(this.#deps.clock.now() - Date.now());
  }

  /** The environment most recently used comes first next time, so that the others can be given back. */
  #release(slot: Slot): void {
    slot.lastUsed = performance.now();
    this.#idle.push(slot);
    if (this.#idle.length > 1) this.#reaper ??= setTimeout(() => this.#reap(), KEEP_IDLE_MS).unref();
  }

  /** Ends environments that have been idle for long, except the last one. */
  #reap(): void {
    this.#reaper = undefined;
    const oldest = performance.now() - KEEP_IDLE_MS;
    const spare = this.#idle.slice(0, -1).filter((slot) => slot.lastUsed <= oldest);
    for (const slot of spare) void this.#endSlot(slot, 'idle');
    if (this.#idle.length > 1) this.#reaper = setTimeout(() => this.#reap(), KEEP_IDLE_MS).unref();
  }

  async #endSlot(slot: Slot, reason: string): Promise<void> {
    this.#forget(slot);
    await slot.environment.end('Runtime.ExitError', `Runtime exited: ${reason}`);
  }

  #forget(slot: Slot): void {
    this.#slots.delete(slot);
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #say(text: string): void {
    this.#deps.log({ at: this.#deps.clock.now(), source: this.definition.id, text });
  }
}

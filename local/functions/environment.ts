import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { InvocationError, InvocationResult, InvokeMessage, WorkerMessage, WorkerSettings } from './invocation.ts';

/** What an environment is started with. */
export interface EnvironmentOptions {
  readonly settings: WorkerSettings;
  /** The only environment variables that the code sees. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Takes each line the code prints. */
  readonly print: (line: string) => void;
}

const BOOTSTRAP = new URL('./bootstrap.mjs', import.meta.url);
/** Lambda gives initialisation ten seconds. */
const INIT_TIMEOUT_MS = 10_000;

/** An isolated execution environment of a function: one worker thread, one invocation at a time. */
export class Environment {
  readonly ready: Promise<{ initMs: number }>;
  readonly #worker: Worker;
  readonly #options: EnvironmentOptions;
  #settle: ((result: InvocationResult) => void) | undefined;
  #ended: InvocationError | undefined;
  #crash: InvocationError | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#worker = new Worker(BOOTSTRAP, {
      workerData: options.settings,
      env: { ...options.variables },
      execArgv: [],
      stdout: true,
      stderr: true,
      // Lambda counts everything; a worker can only bound the JavaScript heap. Buffers come on top of it.
      resourceLimits: { maxOldGenerationSizeMb: Math.max(options.memoryMb, 64) },
    });
    this.#print(this.#worker.stdout);
    this.#print(this.#worker.stderr);
    this.ready = this.#start();
    this.ready.catch(() => {});
  }

  /** False once the worker has ended: it crashed, timed out or was killed. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Runs one invocation; never rejects. A worker that ends meanwhile is a failed invocation. */
  async invoke(message: InvokeMessage): Promise<InvocationResult> {
    const { requestId } = message;
    if (this.#ended) return { ok: false, requestId, error: this.#ended };
    const timedOut = `${requestId} Task timed out after ${(message.timeoutMs / 1000).toFixed(2)} seconds`;
    const timer = setTimeout(() => void this.end('Sandbox.Timedout', timedOut), message.timeoutMs);
    try {
      return await new Promise<InvocationResult>((resolve) => {
        this.#settle = resolve;
        this.#worker.postMessage(message);
      });
    } finally {
      clearTimeout(timer);
      this.#settle = undefined;
    }
  }

  /** Ends the worker at once, whatever it is doing. Resolves when it runs no more. */
  async end(errorType: string, errorMessage: string): Promise<void> {
    this.#crash ??= { errorType, errorMessage };
    await this.#worker.terminate();
    this.#close();
  }

  #start(): Promise<{ initMs: number }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.end('Sandbox.Timedout', 'Init timed out'), INIT_TIMEOUT_MS);
      this.#worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'ready') resolve(message);
        else if (message.type === 'init-failed') void this.end(message.error.errorType, message.error.errorMessage);
        else this.#answer(message);
        clearTimeout(timer);
      });
      this.#worker.on('error', (error: Error & { code?: string }) => {
        const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        const errorType = outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
        this.#crash ??= { errorType, errorMessage: `${error.name}: ${error.message}` };
        this.#options.print(error.stack ?? error.message);
      });
      this.#worker.on('exit', (code) => {
        clearTimeout(timer);
        this.#crash ??= { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with code ${code}` };
        this.#close();
        reject(Object.assign(new Error(this.#crash.errorMessage), { name: this.#crash.errorType }));
      });
    });
  }

  #answer(message: Extract<WorkerMessage, { requestId: string }>): void {
    const { requestId } = message;
    if (message.type === 'failed') this.#settle?.({ ok: false, requestId, error: message.error });
    else {
      const payload: unknown = message.payload === undefined ? null : JSON.parse(message.payload);
      this.#settle?.({ ok: true, requestId, payload });
    }
  }

  #close(): void {
    this.#ended ??= this.#crash ?? { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited' };
    this.#settle?.({ ok: false, requestId: '', error: this.#ended });
  }

  #print(stream: Readable): void {
    createInterface({ input: stream }).on('line', this.#options.print);
  }
}

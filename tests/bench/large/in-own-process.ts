import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { handlerOf } from '../../../local/functions/code.ts';

/** A function as it is to run. */
export interface OwnProcess {
  /** Its bundle. */
  readonly codeDir: string;
  /** As the template names it: `index.handler`. */
  readonly handler: string;
  /** The most memory that its process may hold, all of it counted. */
  readonly memoryMb: number;
  /** Its `/tmp`. */
  readonly scratch: string;
}

/** What goes to the process. */
export interface Call {
  readonly event: unknown;
  readonly context: object;
  readonly timeoutMs: number;
}

/** What comes back. */
export interface Outcome {
  readonly result?: unknown;
  readonly error?: string;
  readonly peakBytes: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/** What a line of the log begins with that tells what an invocation took. */
export const TOOK = 'invocation took ';

const PROGRAM = join(import.meta.dirname, 'function-process.mjs');
const MIB = 1024 * 1024;
/** How often is looked whether a process holds too much. What it held in between is known when it answers. */
const LOOK_EVERY_MS = 20;
/** Of the memory, what the JavaScript heap may have at the most. */
const HEAP_SHARE = 0.75;

interface Context {
  getRemainingTimeInMillis(): number;
}

/**
 * A handler that has each invocation done by the function's own code in a process of its own, with nothing but the
 * environment it would have. A process that holds more than it may is ended, and the invocation has failed.
 */
export function inOwnProcess(order: OwnProcess): (event: unknown, context: Context) => Promise<unknown> {
  let running: Promise<ChildProcess> | undefined;
  return async (event, { getRemainingTimeInMillis, ...context }) => {
    running ??= start(order);
    try {
      const { result, error, ...took } = await call(await running, order, {
        event,
        context,
        timeoutMs: getRemainingTimeInMillis(),
      });
      console.log(TOOK + JSON.stringify(took));
      if (took.peakBytes > order.memoryMb * MIB) throw new Error(`It held ${(took.peakBytes / MIB).toFixed(0)} MiB.`);
      if (error !== undefined) throw new Error(error);
      return result;
    } catch (error) {
      const failed = await running.catch(() => undefined);
      failed?.kill('SIGKILL');
      running = undefined;
      throw error;
    }
  };
}

async function start({ codeDir, handler, memoryMb, scratch }: OwnProcess): Promise<ChildProcess> {
  const { file, exportName } = handlerOf(codeDir, handler);
  const child = fork(PROGRAM, [file, exportName], {
    env: { ...process.env, LAMBDA_TASK_ROOT: dirname(file), TMPDIR: scratch },
    execArgv: [`--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

async function call(child: ChildProcess, { memoryMb }: OwnProcess, order: Call): Promise<Outcome> {
  const watch = setInterval(() => {
    if (residentBytes(child.pid) > memoryMb * MIB) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  try {
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`Runtime exited: ${signal ?? code}; it may hold ${memoryMb} MB.`);
    });
    ended.catch(() => {});
    const answered = once(child, 'message').then(([outcome]) => outcome as Outcome);
    child.send(order);
    return await Promise.race([answered, ended]);
  } finally {
    clearInterval(watch);
  }
}

function residentBytes(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended
  }
}

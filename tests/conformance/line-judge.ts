import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

export type Answer<T> = T | { readonly error: string };

/** True for an answer that says that there is none. */
export function isError<T extends object>(answer: Answer<T>): answer is { readonly error: string } {
  return 'error' in answer;
}

/**
 * A tool of another language behind a pipe: one request a line, one JSON answer a line, one warm process for many files.
 * A request that takes too long or kills the process is answered with an error, and the next one finds a new process.
 */
export class LineJudge {
  private readonly command: readonly [string, ...string[]];
  private readonly settings: (readonly string[])[] = [];
  private running: { child: ChildProcess; answers: AsyncIterator<string>; lines: Interface } | undefined;

  constructor(command: readonly [string, ...string[]]) {
    this.command = command;
  }

  get pid(): number | undefined {
    return this.running?.child.pid;
  }

  /** A setting (`trust`, `crl`, `at`): sent now and to every process that follows. */
  async set(...request: readonly string[]): Promise<void> {
    const answer = await this.ask<{ ok: true }>(request);
    if (isError(answer)) throw new Error(`${request.join(' ')}: ${answer.error}`);
    this.settings.push(request);
  }

  async ask<T extends object>(request: readonly string[], timeoutMs = 60_000): Promise<Answer<T>> {
    if (!this.running) {
      this.start();
      for (const setting of this.settings) await this.exchange(setting, timeoutMs);
    }
    return (await this.exchange(request, timeoutMs)) as Answer<T>;
  }

  stop(): void {
    this.running?.child.kill('SIGKILL');
    this.running?.lines.close();
    this.running = undefined;
  }

  private start(): void {
    const [program, ...args] = this.command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    const lines = createInterface({ input: child.stdout });
    this.running = { child, lines, answers: lines[Symbol.asyncIterator]() };
  }

  private async exchange(request: readonly string[], timeoutMs: number): Promise<object> {
    const { child, answers } = this.running!;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    child.stdin?.write(`${request.join('\t')}\n`);
    const answer = await Promise.race([answers.next(), tooLate]);
    clearTimeout(timer);
    if (answer !== 'late' && !answer.done) return JSON.parse(answer.value) as object;
    this.stop();
    return { error: answer === 'late' ? `no answer within ${timeoutMs / 1000} s` : 'the process ended' };
  }
}

import colors from 'picocolors';

/** Prints what happens as it happens: chapters, and steps with their duration. */
export class Steps {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  /** Name and milliseconds of every step, for whoever measures. */
  readonly taken: { readonly step: string; readonly ms: number }[] = [];

  constructor(
    write: (text: string) => void = (text) => process.stdout.write(text),
    now: () => number = performance.now.bind(performance),
  ) {
    this.#write = write;
    this.#now = now;
  }

  chapter(title: string): void {
    this.#write(`\n${colors.bold(title)}\n`);
  }

  note(text: string): void {
    this.#write(`    ${colors.dim(text)}\n`);
  }

  /** Runs one step; `describe` may tell its outcome in a few words. */
  async step<T>(name: string, run: () => Promise<T>, describe?: (result: T) => string): Promise<T> {
    const from = this.#now();
    try {
      const result = await run();
      const ms = this.#now() - from;
      this.taken.push({ step: name, ms });
      const outcome = describe ? colors.dim(`  ${describe(result)}`) : '';
      this.#write(`  ${colors.green('✓')} ${name.padEnd(58)} ${duration(ms)}${outcome}\n`);
      return result;
    } catch (error) {
      this.#write(`  ${colors.red('✗')} ${name}\n`);
      throw error;
    }
  }
}

/** `  38 ms` or ` 1.24 s`, always eight wide. */
export function duration(ms: number): string {
  const text = ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
  return text.padStart(8);
}

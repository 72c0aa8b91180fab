import type { Json } from '../assembly/template.ts';
import type { LocalFunction } from '../functions/function.ts';
import type { LogSink } from '../functions/log.ts';
import type { LocalClock } from '../gateway/service.ts';

/** How Lambda treats events that nobody waits for (`AWS::Lambda::EventInvokeConfig`, `DeadLetterConfig`). */
export interface AsyncSettings {
  readonly maximumRetries: number;
  /** Takes an event that failed every time. */
  readonly deadLetter: ((event: Json, error: string) => Promise<void>) | undefined;
}

/** Pauses before the first and the second retry, as Lambda makes them. */
const PAUSES_MS = [60_000, 120_000];

/** Events for functions that nobody waits for: tried, and retried twice unless the template says otherwise. */
export class AsyncInvocations {
  readonly #clock: LocalClock;
  readonly #log: LogSink;
  readonly #settings = new Map<string, AsyncSettings>();

  constructor(clock: LocalClock, log: LogSink) {
    this.#clock = clock;
    this.#log = log;
  }

  configure(functionId: string, settings: Partial<AsyncSettings>): void {
    this.#settings.set(functionId, { ...this.#settingsOf(functionId), ...settings });
  }

  /** Resolves after the first attempt; retries follow on the laptop's clock. */
  async invoke(target: LocalFunction, event: Json, attempt = 0): Promise<void> {
    const result = await target.invoke(event, { queue: true });
    if (result.ok) return;
    const { id } = target.definition;
    const { maximumRetries, deadLetter } = this.#settingsOf(id);
    const at = this.#clock.now();
    if (attempt < maximumRetries) {
      this.#clock.at(at + (PAUSES_MS[attempt] ?? 120_000), () => void this.invoke(target, event, attempt + 1));
      return;
    }
    this.#log({ at, source: id, text: `event given up after ${attempt + 1} attempts: ${result.error.errorMessage}` });
    await deadLetter?.(event, result.error.errorMessage);
  }

  #settingsOf(functionId: string): AsyncSettings {
    return this.#settings.get(functionId) ?? { maximumRetries: 2, deadLetter: undefined };
  }
}

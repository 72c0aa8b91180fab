import type { Activity } from '../activity.ts';
import type { LogSink } from '../functions/log.ts';
import type { LocalClock } from '../gateway/service.ts';
import { type Occurrences, parseSchedule } from './schedule-expression.ts';

export interface ScheduleSettings {
  readonly id: string;
  readonly expression: string;
  readonly zone?: string | undefined;
  /** Runs at every occurrence; never rejects. */
  readonly run: () => Promise<void>;
}

interface ScheduleDeps {
  readonly clock: LocalClock;
  readonly activity: Activity;
  readonly log: LogSink;
}

/** Sets something off at the times of a schedule expression, on the laptop's clock. */
export class Schedule {
  readonly id: string;
  readonly #settings: ScheduleSettings;
  readonly #deps: ScheduleDeps;
  readonly #occurrences: Occurrences;
  #cancel: (() => void) | undefined;

  constructor(deps: ScheduleDeps, settings: ScheduleSettings) {
    this.id = settings.id;
    this.#deps = deps;
    this.#settings = settings;
    this.#occurrences = parseSchedule(settings.expression, deps.clock.now(), settings.zone);
  }

  start(): void {
    const at = this.#occurrences(this.#deps.clock.now());
    if (at === undefined) return;
    this.#cancel = this.#deps.clock.at(at, () => {
      const end = this.#deps.activity.begin(`schedule ${this.id}`);
      void this.#settings.run().finally(end);
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }
}

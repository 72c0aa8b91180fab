import type { LocalClock } from './gateway/service.ts';

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

/** The laptop's clock: runs with real time, and can be moved forward. */
export interface AdvancingClock extends LocalClock {
  /**
   * Moves the clock `ms` forward, alarm by alarm in order of time; `settle` is awaited after each so that what one
   * sets off can set further alarms that fall within the span.
   */
  advance(ms: number, settle: () => Promise<void>): Promise<void>;
  /** Cancels all alarms. */
  stop(): void;
}

/** Longest delay that `setTimeout` takes. */
const LONGEST = 2 ** 31 - 1;

export function createClock(base: { now(): number } = { now: () => Date.now() }): AdvancingClock {
  const alarms = new Set<Alarm>();
  let offset = 0;
  let timer: NodeJS.Timeout | undefined;

  const now = (): number => base.now() + offset;
  const next = (): Alarm | undefined => {
    let first: Alarm | undefined;
    for (const alarm of alarms) if (!first || alarm.at < first.at) first = alarm;
    return first;
  };
  const arm = (): void => {
    clearTimeout(timer);
    const first = next();
    if (!first) return;
    timer = setTimeout(ring, Math.min(Math.max(first.at - now(), 0), LONGEST));
    timer.unref();
  };
  const fire = (alarm: Alarm): void => {
    alarms.delete(alarm);
    alarm.run();
  };
  const ring = (): void => {
    for (let due = next(); due && due.at <= now(); due = next()) fire(due);
    arm();
  };
  return {
    now,
    at(at, run) {
      const alarm = { at, run };
      alarms.add(alarm);
      arm();
      return () => {
        alarms.delete(alarm);
        arm();
      };
    },
    async advance(ms, settle) {
      const target = now() + ms;
      await settle();
      for (let due = next(); due && due.at <= target; due = next()) {
        offset += Math.max(due.at - now(), 0);
        fire(due);
        await settle();
      }
      offset += Math.max(target - now(), 0);
      arm();
    },
    stop() {
      alarms.clear();
      clearTimeout(timer);
    },
  };
}

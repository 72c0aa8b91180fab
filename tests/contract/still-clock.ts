import { type AdvancingClock, createClock } from '../../local/clock.ts';

/** A clock that stands still until a test moves it; alarms ring on the way. */
export function stillClock(start = Date.UTC(2026, 2, 9, 1, 15)): AdvancingClock & { pass(ms: number): Promise<void> } {
  const clock = createClock({ now: () => start });
  // One turn of the event loop lets what an alarm woke run before the next one rings.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { ...clock, pass: async (ms) => await clock.advance(ms, settle) };
}

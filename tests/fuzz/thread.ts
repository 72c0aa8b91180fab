import type { Outcome } from './check-case.ts';

/** What the threads and their watchdog agree on. */
export interface WorkerInput {
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  readonly step: number;
  /** For the watchdog: the case that runs, and when it began, in ms since `origin` (-1: all done). */
  readonly progress: SharedArrayBuffer;
  readonly origin: number;
}

export interface CaseReport {
  readonly number: number;
  readonly name: string;
  readonly outcome: Outcome;
  /** Processor time of this thread, which a busy machine does not stretch. */
  readonly cpuMs: number;
  /** Memory of this thread when the case was over. */
  readonly memoryMb: number;
  /** The input, where it is worth keeping. */
  readonly file?: Uint8Array;
}

/** Processor time beyond which a case is a hang. */
export const SLOW_MS = 1000;

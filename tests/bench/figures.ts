import type { JobCost } from './cost.ts';

export interface Latency {
  readonly concurrency: number;
  readonly requests: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

export interface FunctionFigures {
  readonly name: string;
  /** Of `index.mjs`. */
  readonly bytes: number;
  /** Of what lies beside it: fonts. */
  readonly dataBytes: number;
  readonly initMs: number;
}

/** Everything that one run of the bench finds. */
export interface Figures {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  /** Processes that waited for a processor when the bench began, averaged over a minute. */
  readonly load: number;
  readonly functions: readonly FunctionFigures[];
  readonly petition: readonly Latency[];
  readonly sealedPerSecond: number;
  readonly start: { readonly synthMs: number; readonly firstMs: number; readonly againMs: number };
  readonly memoryMb: { readonly idle: number; readonly afterLoad: number };
  readonly costs: { readonly petition: JobCost; readonly dispatch: JobCost };
}

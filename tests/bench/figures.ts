import type { JobCost } from './cost.ts';

export interface Latency {
  readonly concurrency: number;
  readonly requests: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** Everything that one run of the bench finds. */
export interface Figures {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly functions: readonly { readonly name: string; readonly bytes: number; readonly initMs: number }[];
  readonly petition: readonly Latency[];
  readonly sealedPerSecond: number;
  readonly start: { readonly firstMs: number; readonly againMs: number };
  readonly memoryMb: { readonly idle: number; readonly afterLoad: number };
  readonly costs: { readonly petition: JobCost; readonly dispatch: JobCost };
}

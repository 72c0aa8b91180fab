import type { AwsCall, CallObserver } from './gateway/call.ts';
import type { CapacityUse } from './services/dynamodb/capacity.ts';

/** One AWS call that was carried out. */
export interface CountedCall {
  readonly id: string;
  /** Logical id of the function, `undefined` for the administrator. */
  readonly functionId: string | undefined;
  readonly service: string;
  /** API operation, e.g. `PutObject`. */
  readonly operation: string;
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** DynamoDB capacity units. */
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Sums over calls. */
export interface CallTotals {
  readonly calls: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** `s3:PutObject` → how often. */
  readonly operations: Readonly<Record<string, number>>;
}

/** Counts the AWS calls that pass the gateway. */
export class Calls {
  #calls: CountedCall[] = [];
  readonly #units = new Map<string, CapacityUse>();

  readonly observer: CallObserver = {
    done: (call) => this.#add(call),
  };

  /** Told by DynamoDB for each call on items. */
  readonly onCapacity = (use: CapacityUse): void => {
    this.#units.set(use.requestId, use);
  };

  /** All calls since the start or the last `reset()`, in the order they ended. */
  all(): readonly CountedCall[] {
    return this.#calls;
  }

  /** Those of one function, by its logical id. */
  of(functionId: string): readonly CountedCall[] {
    return this.#calls.filter((call) => call.functionId === functionId);
  }

  /** Sums over all calls or the given ones. */
  totals(calls: readonly CountedCall[] = this.#calls): CallTotals {
    const operations: Record<string, number> = {};
    for (const { service, operation } of calls) {
      const name = `${service}:${operation}`;
      operations[name] = (operations[name] ?? 0) + 1;
    }
    const sum = (value: (call: CountedCall) => number) => calls.reduce((total, call) => total + value(call), 0);
    return {
      calls: calls.length,
      bytesIn: sum((call) => call.bytesIn),
      bytesOut: sum((call) => call.bytesOut),
      readUnits: sum((call) => call.readUnits),
      writeUnits: sum((call) => call.writeUnits),
      operations,
    };
  }

  reset(): void {
    this.#calls = [];
  }

  #add({ id, principal, service, operation, status, bytesIn, bytesOut }: AwsCall): void {
    const { readUnits = 0, writeUnits = 0 } = this.#units.get(id) ?? {};
    this.#units.delete(id);
    const { functionId } = principal;
    this.#calls.push({ id, functionId, service, operation, status, bytesIn, bytesOut, readUnits, writeUnits });
    // A laptop that runs for days must not keep every call of its life.
    if (this.#calls.length > MAX_KEPT) this.#calls = this.#calls.slice(-MAX_KEPT / 2);
  }
}

const MAX_KEPT = 200_000;

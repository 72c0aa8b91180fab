import type { FunctionRegistry } from './functions/registry.ts';
import type { AwsCall, CallObserver } from './gateway/call.ts';
import type { Access } from './iam/access.ts';

/** A fault that waits for its moment. */
export interface ArmedFault {
  /** True once it has struck. */
  readonly fired: boolean;
  /** Calls of the function seen since it was armed. */
  readonly seen: number;
  disarm(): void;
}

interface Trap {
  readonly functionId: string;
  readonly call: number;
  seen: number;
  fired: boolean;
}

/** Faults that tests set off. */
export class Faults {
  readonly #functions: FunctionRegistry;
  readonly #access: Access;
  readonly #traps = new Set<Trap>();

  readonly observer: CallObserver = {
    after: (call) => this.#after(call),
  };

  constructor(functions: FunctionRegistry, access: Access) {
    this.#functions = functions;
    this.#access = access;
  }

  /**
   * Takes an action out of what a function's role may do, as if it had been forgotten in the template.
   * @returns what gives it back
   * @throws LocalError when there is no such grant
   */
  withhold(functionId: string, action: string): () => void {
    const { roleArn } = this.#functions.named(functionId).definition;
    return this.#access.withhold(this.#access.role(roleArn).id, action);
  }

  /**
   * Ends the environment of a function right when its `call`-th AWS call from now on (counted from 1) has been carried
   * out and before the answer reaches it: what was done stays done, and the function never learns of it.
   */
  killAfterCall({ functionId, call }: { readonly functionId: string; readonly call: number }): ArmedFault {
    const trap: Trap = { functionId: this.#functions.named(functionId).definition.id, call, seen: 0, fired: false };
    this.#traps.add(trap);
    return {
      get fired() {
        return trap.fired;
      },
      get seen() {
        return trap.seen;
      },
      disarm: () => void this.#traps.delete(trap),
    };
  }

  async #after(call: AwsCall): Promise<'answer' | 'drop'> {
    let lost = false;
    for (const trap of this.#traps) {
      if (trap.functionId !== call.principal.functionId) continue;
      trap.seen += 1;
      if (trap.seen !== trap.call) continue;
      trap.fired = true;
      this.#traps.delete(trap);
      lost = true;
    }
    const fn = lost ? this.#functions.find(call.principal.functionId ?? '') : undefined;
    await fn?.killEnvironment(call.principal, `killed after ${call.service}:${call.operation}`);
    return lost ? 'drop' : 'answer';
  }
}

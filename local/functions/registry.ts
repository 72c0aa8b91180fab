import { LocalError } from '../errors.ts';
import type { LocalFunction } from './function.ts';
import type { ColdStart } from './invocation.ts';

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The functions of the template. */
export class FunctionRegistry {
  readonly #functions = new Map<string, LocalFunction>();
  readonly coldStarts: ColdStart[] = [];

  add(fn: LocalFunction): void {
    this.#functions.set(fn.definition.id, fn);
  }

  all(): readonly LocalFunction[] {
    return [...this.#functions.values()];
  }

  /** By name, ARN or logical id. */
  find(key: string): LocalFunction | undefined {
    return (
      this.#functions.get(key) ?? this.all().find(({ definition }) => definition.name === key || definition.arn === key)
    );
  }

  /**
   * The one function that `key` means: its logical id, name or ARN, or a part of one that no other function has
   * (`sign-worker` for `ba-khong-dev-sign-worker`).
   * @throws LocalError `UnresolvedReference` when there is none or more than one
   */
  named(key: string): LocalFunction {
    const exact = this.find(key);
    if (exact) return exact;
    const candidates = this.all().filter(({ definition: { id, name } }) => plain(`${id} ${name}`).includes(plain(key)));
    const [first, second] = candidates;
    if (first && !second) return first;
    const found = candidates.length === 0 ? 'no function' : candidates.map((fn) => fn.definition.id).join(', ');
    throw new LocalError(
      'UnresolvedReference',
      `"${key}" means ${found}; there are ${[...this.#functions.keys()].join(', ')}`,
    );
  }
}

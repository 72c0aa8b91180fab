import { expect } from 'vitest';
import type { DemoStack } from './demo-stack.ts';

/** Longer than the longest visibility timeout (six minutes): whatever was interrupted has come again by then. */
const UNTIL_IT_CAME_AGAIN_MS = 7 * 60_000;

/** Runs `act` for one case undisturbed and counts the AWS calls that `worker` makes for it. */
export async function callsOf(demo: DemoStack, worker: string, act: () => Promise<unknown>): Promise<number> {
  demo.stack.calls.reset();
  await act();
  await demo.settled();
  return demo.stack.calls.of(demo.stack.functions.id(worker)).length;
}

/**
 * Runs `act` for each case and kills `worker` right after its n-th AWS call for the n-th case: that call is carried out, and the
 * worker never learns of it. The work then comes again.
 */
export async function killAfterEach<C>(
  demo: DemoStack,
  worker: string,
  cases: readonly C[],
  act: (one: C) => Promise<unknown>,
): Promise<void> {
  for (const [index, one] of cases.entries()) {
    const trap = demo.stack.faults.killAfterCall({ functionId: worker, call: index + 1 });
    await act(one);
    await demo.settled();
    expect(trap.fired, `${worker} has a call ${index + 1} to be killed after`).toBe(true);
  }
  await demo.stack.advance(UNTIL_IT_CAME_AGAIN_MS);
}

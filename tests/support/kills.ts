import { expect } from 'vitest';
import type { DemoStack } from './demo-stack.ts';

/** Longer than the longest visibility timeout (six minutes): whatever was interrupted has come again by then. */
const UNTIL_IT_CAME_AGAIN_MS = 7 * 60_000;

/** Calls that leave everything outside the worker as it was: to die after one of them is to die before it. */
const READS = ['GetItem', 'BatchGetItem', 'Query', 'GetObject', 'HeadObject'];

/** Runs `act` undisturbed and names the AWS calls that `worker` makes on account of it, in order. */
export async function callsOf(demo: DemoStack, worker: string, act: () => Promise<unknown>): Promise<string[]> {
  demo.stack.calls.reset();
  await act();
  await demo.settled();
  return callsSince(demo, worker);
}

/** The calls that `worker` made since the calls were last counted from the start. */
export function callsSince(demo: DemoStack, worker: string): string[] {
  return demo.stack.calls.of(demo.stack.functions.id(worker)).map(({ operation }) => operation);
}

/**
 * After which of a job's calls (counted from 1) its worker is to be killed: the first, and each that changes something or
 * signs. With `EVERY_CALL=1` it is every call, which takes twice as long and can find nothing else.
 */
export function crashPoints(calls: readonly string[]): number[] {
  const all = calls.map((_, index) => index + 1);
  if (process.env.EVERY_CALL) return all;
  return all.filter((call) => call === 1 || !READS.includes(calls[call - 1] ?? ''));
}

/** Runs `act` and kills `worker` right after its n-th AWS call: that call is carried out, and the worker never learns of it. */
export async function killAfter(
  demo: DemoStack,
  worker: string,
  call: number,
  act: () => Promise<unknown>,
): Promise<void> {
  const trap = demo.stack.faults.killAfterCall({ functionId: worker, call });
  await act();
  await demo.settled();
  expect(trap.fired, `${worker} makes a call ${call} to be killed after`).toBe(true);
}

/**
 * Takes each case through `act` with `worker` killed after another of its calls, and the cases beyond those undisturbed; then
 * lets come again whatever was interrupted.
 */
export async function killAtEach<C>(
  demo: DemoStack,
  {
    worker,
    points,
    cases,
  }: { readonly worker: string; readonly points: readonly number[]; readonly cases: readonly C[] },
  act: (one: C) => Promise<unknown>,
): Promise<void> {
  expect(points.length, 'there is a moment to be killed at').toBeGreaterThan(0);
  expect(cases.length, 'a case for each').toBeGreaterThanOrEqual(points.length);
  for (const [index, call] of points.entries()) {
    await killAfter(demo, worker, call, () => act(cases[index] as C));
  }
  await Promise.all(cases.slice(points.length).map(act));
  await demo.settled();
  await demo.stack.advance(UNTIL_IT_CAME_AGAIN_MS);
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient } from '../../cli/client.ts';
import { HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import { sendFile } from '../../cli/upload.ts';
import {
  arrivals,
  type DispatchAnswer,
  documentOf,
  draftDispatch,
  freshPdf,
  objectsIn,
  type PetitionAnswer,
  petitionSteps,
  register,
  signDispatch,
  submit,
  uploaded,
} from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack } from '../support/demo-stack.ts';
import { expectHistory, expectNothingLeft, expectVersions, mailsOf } from '../support/final-state.ts';
import { callsOf, killAfterEach } from '../support/kills.ts';

/** Documents that the storage is expected to hold in the end, seeded ones not counted. */
const known = new Set<string>();
let demo: DemoStack;
beforeAll(async () => {
  demo = await openDemoStack();
});
afterAll(() => demo?.close());

const times = (count: number) => Array.from({ length: count }, (_, index) => index);
const first = <T>(items: readonly T[], count: number) => items.slice(0, count);

/** Takes the cases that no worker was killed for the same step, undisturbed. */
async function undisturbed<C>(cases: readonly C[], act: (one: C) => Promise<unknown>): Promise<void> {
  await Promise.all(cases.map(act));
  await demo.settled();
}

describe('a petition whose workers are killed between any two of their steps', () => {
  /** As many as the longest job has calls. */
  const cases: { code: string }[] = times(8).map(() => ({ code: '' }));
  const open = async (one: { code: string }) => {
    one.code = (await submit(demo)).code;
  };
  const seen = async (client: ApiClient, code: string) => client.get<PetitionAnswer>(`/api/petitions/${code}`);
  const events: string[] = [];
  const expectAll = async (...added: readonly string[]) => {
    events.push(...added);
    const clerk = await demo.as('communeClerk');
    for (const { code } of cases) await expectHistory(demo, clerk, `/api/petitions/${code}`, events);
  };

  const step = async (worker: string, calls: number, act: (one: { code: string }) => Promise<unknown>) => {
    await killAfterEach(demo, worker, first(cases, calls), act);
    await undisturbed(cases.slice(calls), act);
  };

  it('counts the calls of each worker in an undisturbed run', async () => {
    const one = { code: '' };
    const counts = [
      await callsOf(demo, 'sign-worker', () => open(one)),
      await callsOf(demo, 'notify-worker', () => petitionSteps.accept(demo, one.code)),
      await callsOf(demo, 'relay', () => petitionSteps.assign(demo, one.code)),
      await callsOf(demo, 'sign-worker', () => petitionSteps.write(demo, one.code)),
      await callsOf(demo, 'sign-worker', () => petitionSteps.sign(demo, one.code)),
      await callsOf(demo, 'sign-worker', () => petitionSteps.issue(demo, one.code)),
    ];
    // A call more is a place more to be killed at: then the cases below have to grow.
    expect(counts).toEqual([6, 5, 1, 4, 8, 8]);
    cases.push(one);
    cases.pop();
  });
});
void [arrivals, documentOf, draftDispatch, freshPdf, objectsIn, register, signDispatch, uploaded, sendFile, expectNothingLeft, expectVersions, mailsOf, HOANG_GIANG, PROVINCE, QUANG_BINH, known];

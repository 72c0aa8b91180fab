import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOANG_GIANG, PROVINCE } from '../../cli/demo/people.ts';
import { download } from '../../cli/demo/petition-job.ts';
import type { DispatchView } from '../../lib/exchange/exchange-view.ts';
import { memorySource } from '../../lib/pdf/byte-source.ts';
import { readLevels } from '../../lib/signatures/levels/read-levels.ts';
import type { VerificationView } from '../../lib/verification/verification-view.ts';
import { arrivals, draftDispatch, type Evidence, signDispatch, uploaded } from '../support/demo-cases.ts';
import { type DemoStack, notEmpty, openDemoStack } from '../support/demo-stack.ts';

const DAY = 86_400_000;

interface Versions {
  readonly versions: readonly { readonly kind: string; readonly sha256: string; readonly level?: unknown }[];
}

let demo: DemoStack;
let trust: Uint8Array;
/** Years can pass in one step; `advance` would run all the sweeps on the way. */
let passed = 0;

beforeAll(async () => {
  demo = await openDemoStack({ clock: { now: () => Date.now() + passed } });
  trust = demo.authorityRoot;
});
afterAll(() => demo?.close());

async function issue(): Promise<DispatchView> {
  const documentId = await uploaded(demo, await demo.as('provinceOfficer'), PROVINCE);
  const { code } = await draftDispatch(demo, documentId, [HOANG_GIANG]);
  await signDispatch(demo, code);
  await demo.settled();
  const clerk = await demo.as('provinceClerk');
  await clerk.post(`/api/dispatches/${code}/issue`);
  await demo.settled();
  return clerk.get<DispatchView>(`/api/dispatches/${code}`);
}

const versionsOf = async ({ documentId }: DispatchView) =>
  (await (await demo.as('provinceClerk')).get<Versions>(`/api/documents/${documentId}`)).versions;
const bytesOf = async ({ documentId }: DispatchView) => download(await demo.as('provinceClerk'), documentId);
const verify = (bytes: Uint8Array) => demo.anyone.postPdf<VerificationView>('/api/verify', bytes);

async function levels(bytes: Uint8Array): Promise<unknown[]> {
  const anchors = [{ certificate: trust, from: 0, until: null }];
  const found = await readLevels(memorySource(bytes), { trust: anchors, now: demo.stack.clock.now() });
  return found.map(({ level }) => level);
}

async function eventsOf({ code }: DispatchView, type: string): Promise<number> {
  const { whole, events } = await (await demo.as('provinceClerk')).get<Evidence>(`/api/dispatches/${code}/evidence`);
  expect(whole).toBe(true);
  return events.filter((event) => event.type === type).length;
}

describe('a dispatch of a stage that wants B-LTA', () => {
  let issued: DispatchView;

  it('has it in both signatures when it is issued, and passes at its receiver', async () => {
    issued = await issue();
    const bytes = await bytesOf(issued);
    expect(await levels(bytes)).toEqual(['B-LTA', 'B-LTA']);
    expect((await versionsOf(issued)).at(-1)).toMatchObject({
      kind: 'sealed',
      level: { reached: 'B-LTA', wanted: 'B-LTA' },
    });
    expect(await verify(bytes)).toMatchObject({ genuine: true, issued: { code: issued.code } });
    const receiver = await demo.as('communeClerk');
    const arrived = (await arrivals(receiver, HOANG_GIANG)).find(({ reference }) => reference === issued.number);
    expect(await receiver.get(`/api/incoming/${arrived?.code}`)).toMatchObject({ verdict: { passed: true } });
  });

  it('is issued without it while the authority is down, and gets it by itself afterwards', async () => {
    demo.authorityFaults.set('timestamp', 'down');
    const early = await issue();
    const before = await bytesOf(early);
    expect(await levels(before)).toEqual(['B-B', 'B-B']);
    expect((await versionsOf(early)).at(-1)).toMatchObject({ level: { reached: 'B-B', wanted: 'B-LTA' } });
    await demo.stack.advance(20 * 60_000);
    expect(await versionsOf(early)).toHaveLength(3);

    demo.authorityFaults.clear();
    await demo.stack.advance(40 * 60_000);
    const after = await bytesOf(early);
    expect(Buffer.from(after.subarray(0, before.length)).equals(before)).toBe(true);
    expect(await levels(after)).toEqual(['B-LTA', 'B-LTA']);
    expect((await versionsOf(early)).map(({ kind }) => kind)).toEqual(['original', 'signed', 'sealed', 'extended']);
    for (const bytes of [before, after]) {
      expect(await verify(bytes)).toMatchObject({
        genuine: true,
        issued: { code: early.code, sha256: (await versionsOf(early))[2]?.sha256 },
      });
    }
    expect(await eventsOf(early, 'document.extended')).toBe(1);
  });

  it('gets one more timestamp before the last one loses its worth, once', async () => {
    const before = await bytesOf(issued);
    passed += 1007 * DAY;
    for (let run = 0; run < 2; run++) {
      await demo.stack.functions.invoke('sweep', {});
      await demo.settled();
      passed += DAY;
    }
    const after = await bytesOf(issued);
    expect(after.length).toBeGreaterThan(before.length);
    expect(Buffer.from(after.subarray(0, before.length)).equals(before)).toBe(true);
    expect(await verify(after)).toMatchObject({ issued: { code: issued.code } });
    expect(await eventsOf(issued, 'document.timestamp-renewed')).toBe(1);
    expect(await versionsOf(issued)).toHaveLength(4);
    const { signatures } = await verify(after);
    const timestamps = signatures.filter(({ kind }) => kind === 'document_timestamp');
    expect(timestamps.length - 1).toBe(
      (await verify(before)).signatures.filter(({ kind }) => kind === 'document_timestamp').length,
    );
    expect(await notEmpty(demo)).toEqual({});
  });
});

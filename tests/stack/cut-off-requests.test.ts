import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_PEOPLE, type DemoName, HOANG_GIANG, PROVINCE, QUANG_BINH } from '../../cli/demo/people.ts';
import type { AwsCall } from '../../local/gateway/gateway.ts';
import {
  arrivals,
  type DispatchAnswer,
  documentOf,
  freshPdf,
  type PetitionAnswer,
  register,
} from '../support/demo-cases.ts';
import { type DemoStack, openDemoStack, outcome } from '../support/demo-stack.ts';
import { everythingKept, expectHistory, expectNothingLeft } from '../support/final-state.ts';

/** Calls that change something outside the function. */
const CHANGES = ['PutItem', 'TransactWriteItems', 'CreateKey', 'CreateAlias', 'Sign'];

let demo: DemoStack;
/** Part of the name of the function that dies next, and after which of its changes. */
let next: { readonly api: string; change: number } | undefined;
beforeAll(async () => {
  demo = await openDemoStack({ observers: [{ after: dieWhenItIsTime }] });
});
afterAll(() => demo?.close());

/** Ends the function right when a change of it was carried out: it never learns of it, and its caller gets no answer. */
async function dieWhenItIsTime({ principal, operation }: AwsCall): Promise<'answer' | 'drop'> {
  if (!next || !CHANGES.includes(operation) || principal.functionId !== demo.stack.functions.id(next.api))
    return 'answer';
  next.change -= 1;
  if (next.change > 0) return 'answer';
  const { api } = next;
  next = undefined;
  await demo.stack.functions.kill(api);
  return 'drop';
}

interface Request {
  readonly who: DemoName;
  readonly api: 'documents' | 'petitions' | 'dispatches' | 'directory';
  readonly path: string;
  readonly body?: unknown;
}

/** APIs of which a function has died after its first read already: another would show nothing new. */
const diedReading = new Set<string>();

/**
 * Sends a request whose function dies after its first read, then with the same key after its first change, its second and so
 * on, until it is let live. Gives the answer that comes at last, and how often the function died after a change.
 */
async function insist<T>(request: Request): Promise<{ readonly answer: T; readonly deaths: number }> {
  const { who, api, path, body = {} } = request;
  const client = await demo.as(who);
  const idempotencyKey = randomUUID();
  const ask = () => client.post<T>(path, body, { idempotencyKey });
  if (!diedReading.has(api)) await dieReading(api, ask);
  for (let deaths = 0; ; deaths++) {
    next = { api: `${api}-api`, change: deaths + 1 };
    const got = await outcome(ask());
    const died = next === undefined;
    next = undefined;
    if (died) expect(got).toBe('500 unknown');
    else return { answer: await ask(), deaths };
  }
}

async function dieReading(api: Request['api'], ask: () => Promise<unknown>): Promise<void> {
  const before = await everythingKept(demo);
  const trap = demo.stack.faults.killAfterCall({ functionId: `${api}-api`, call: 1 });
  expect(await outcome(ask())).toBe('500 unknown');
  expect(trap.fired).toBe(true);
  expect(await everythingKept(demo)).toEqual(before);
  diedReading.add(api);
}

describe('a client that gets no answer and asks again with the same key', () => {
  it('has a petition sent, accepted, assigned, answered, signed, issued and rated once each', async () => {
    const petitions = (who: DemoName, path: string, body?: unknown) =>
      insist<PetitionAnswer>({ who, api: 'petitions', path: `/api/petitions${path}`, body });
    const subject = { subject: 'Nắp cống', text: 'Đề nghị sửa.' };
    const { answer: sent, deaths } = await petitions('citizenThao', '', {
      kind: 'feedback',
      unit: HOANG_GIANG,
      ...subject,
    });
    // One transaction does it all; whoever asks after it gets the answer that it holds.
    expect(deaths).toBe(1);
    const { code } = sent;
    await demo.settled();
    await petitions('communeClerk', `/${code}/accept`);
    await demo.settled();
    await petitions('communeClerk', `/${code}/assign`, { assignee: DEMO_PEOPLE.communeOfficer.sub });
    await demo.settled();
    await petitions('communeOfficer', `/${code}/answer`, { text: 'Đã sửa.' });
    await demo.settled();
    const leader = await demo.as('communeLeader');
    const { draft } = await leader.get<PetitionAnswer>(`/api/petitions/${code}`);
    await petitions('communeLeader', `/${code}/answer/sign`, { sha256: draft?.sha256 });
    await demo.settled();
    const { answer: issued } = await petitions('communeClerk', `/${code}/answer/issue`);
    await demo.settled();
    await petitions('citizenThao', `/${code}/rating`, { helped: true });
    await demo.settled();
    const clerk = await demo.as('communeClerk');
    const lines = await register(clerk, HOANG_GIANG, 'outgoing', demo.stack.clock.now());
    expect(lines.map(({ caseId, text }) => [caseId, text])).toEqual([[code, issued.number]]);
    await expectHistory(demo, clerk, `/api/petitions/${code}`, [
      'petition.submitted',
      'petition.receipt-sealed',
      'petition.accepted',
      'petition.assigned',
      'petition.answer-written',
      'petition.answer-drafted',
      'petition.answer-approved',
      'petition.answer-signed',
      'petition.answer-numbered',
      'petition.answered',
      'petition.rated',
    ]);
  });

  it('has a file taken in, a dispatch drafted, signed, issued, registered here and returned there once each', async () => {
    const officer = await demo.as('provinceOfficer');
    const { bytes, contentType } = freshPdf();
    const wanted = { contentType, size: bytes.length, classification: 'none', unit: PROVINCE };
    const { answer: form } = await insist<{ uploadId: string; url: string; fields: Record<string, string> }>({
      who: 'provinceOfficer',
      api: 'documents',
      path: '/api/uploads',
      body: wanted,
    });
    const data = new FormData();
    for (const [name, value] of Object.entries(form.fields)) data.set(name, value);
    data.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type: contentType }));
    expect((await fetch(form.url, { method: 'POST', body: data })).ok).toBe(true);
    await demo.settled();
    const documentId = await documentOf(officer, form.uploadId);

    const dispatches = (who: DemoName, path: string, body?: unknown) =>
      insist<DispatchAnswer>({ who, api: 'dispatches', path: `/api/${path}`, body });
    const facts = { type: 'thong-bao', subject: 'Lịch nghỉ lễ', recipients: [HOANG_GIANG, QUANG_BINH] };
    const { answer: drafted } = await dispatches('provinceOfficer', 'dispatches', {
      unit: PROVINCE,
      documentId,
      ...facts,
    });
    const { code, sha256, revision } = drafted;
    await demo.settled();
    await dispatches('provinceLeader', `dispatches/${code}/sign`, { sha256, revision });
    await demo.settled();
    await dispatches('provinceClerk', `dispatches/${code}/issue`);
    await demo.settled();
    const [here, there] = [await demo.as('communeClerk'), await demo.as('neighbourClerk')];
    const [[mine], [theirs]] = [await arrivals(here, HOANG_GIANG), await arrivals(there, QUANG_BINH)];
    await dispatches('communeClerk', `incoming/${mine?.code}/register`);
    await demo.settled();
    await dispatches('neighbourClerk', `incoming/${theirs?.code}/return`, { reason: 'Gửi nhầm.' });
    await demo.settled();
    for (const [client, unit, kind] of [
      [officer, PROVINCE, 'outgoing'],
      [here, HOANG_GIANG, 'incoming'],
    ] as const) {
      expect(await register(client, unit, kind, demo.stack.clock.now())).toHaveLength(1);
    }
    await expectHistory(demo, officer, `/api/dispatches/${code}`, [
      'dispatch.drafted',
      'dispatch.approved',
      'dispatch.signed',
      'dispatch.numbered',
      'dispatch.issued',
      'dispatch.arrived',
      'dispatch.arrived',
      'dispatch.registered',
      'dispatch.returned',
    ]);
  });

  it('has a key made once', async () => {
    const path = `/api/people/${DEMO_PEOPLE.communeClerk.sub}/key`;
    const { answer, deaths } = await insist<{ csr: string }>({ who: 'operator', api: 'directory', path });
    expect(deaths).toBeGreaterThan(2);
    expect(answer.csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
  });

  it('and nothing is left over', () => expectNothingLeft(demo));
});
